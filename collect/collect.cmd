@echo off
rem kms-triage-collect 1
rem Gathers what tells why Windows or Office does not activate, into a folder named after this computer.
rem It reads only and changes nothing on this computer. No administrator is needed; what Windows shows to
rem administrators only is left out. Usage: double-click, or collect.cmd [folder]
setlocal EnableExtensions DisableDelayedExpansion

set "TOP=%~dp0"
if not "%~1"=="" set "TOP=%~1\"
set "OUT=%TOP%%COMPUTERNAME%"
if not exist "%OUT%\" mkdir "%OUT%" 2>nul
if not exist "%OUT%\" (
  echo Cannot make the folder "%OUT%". Start it as: collect.cmd "%USERPROFILE%\Desktop"
  exit /b 1
)
> "%OUT%\kms-triage-collect.txt" echo kms-triage-collect 1

set "SYS=%SystemRoot%\System32"
if exist "%SystemRoot%\Sysnative\slmgr.vbs" set "SYS=%SystemRoot%\Sysnative"

echo [1/9] slmgr /dlv
> "%OUT%\slmgr-dlv.txt" echo C:\^>cscript //nologo slmgr.vbs /dlv
cscript //nologo "%SYS%\slmgr.vbs" /dlv >> "%OUT%\slmgr-dlv.txt" 2>&1
echo [2/9] slmgr /xpr
> "%OUT%\slmgr-xpr.txt" echo C:\^>cscript //nologo slmgr.vbs /xpr
cscript //nologo "%SYS%\slmgr.vbs" /xpr >> "%OUT%\slmgr-xpr.txt" 2>&1

echo [3/9] Office
set /a OFFICES=0
for %%V in (14 15 16) do (
  call :office "%ProgramFiles%\Microsoft Office\Office%%V"
  call :office "%ProgramFiles%\Microsoft Office\root\Office%%V"
  call :office "%ProgramFiles%\Microsoft Office %%V\root\Office%%V"
  call :office "%ProgramFiles(x86)%\Microsoft Office\Office%%V"
  call :office "%ProgramFiles(x86)%\Microsoft Office\root\Office%%V"
  call :office "%ProgramFiles(x86)%\Microsoft Office %%V\root\Office%%V"
)
if %OFFICES%==0 > "%OUT%\ospp-dstatus.txt" echo kms-triage-collect: no Office with ospp.vbs in the usual folders

echo [4/9] Events
set "QUERY=*[System[Provider[@Name='Microsoft-Windows-Security-SPP' or @Name='Software Protection Platform Service' or @Name='Office Software Protection Platform Service' or @Name='Microsoft-Windows-Security-Licensing-SLC']]]"
wevtutil epl Application "%OUT%\spp-events.evtx" "/q:%QUERY%" /ow:true 2>nul
wevtutil qe Application "/q:%QUERY%" /c:200 /rd:true /f:text > "%OUT%\spp-events.txt" 2>&1

echo [5/9] DNS
> "%OUT%\nslookup.txt" echo C:\^>nslookup -type=srv _vlmcs._tcp
nslookup -type=srv _vlmcs._tcp >> "%OUT%\nslookup.txt" 2>&1
if not "%USERDNSDOMAIN%"=="" (
  >> "%OUT%\nslookup.txt" echo C:\^>nslookup -type=srv _vlmcs._tcp.%USERDNSDOMAIN%
  nslookup -type=srv _vlmcs._tcp.%USERDNSDOMAIN% >> "%OUT%\nslookup.txt" 2>&1
)

echo [6/9] Port 1688
set "KMS="
for /f "tokens=2,*" %%A in ('reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform" /v KeyManagementServiceName 2^>nul ^| findstr /i KeyManagementServiceName') do set "KMS=%%B"
if "%KMS%"=="" for /f "tokens=2 delims==" %%A in ('findstr /i /c:"svr hostname" "%OUT%\nslookup.txt" 2^>nul') do set "KMS=%%A"
if not "%KMS%"=="" set "KMS=%KMS: =%"
if "%KMS%"=="" (
  > "%OUT%\port-test.txt" echo kms-triage-collect: no KMS host is set and DNS names none
) else (
  > "%OUT%\port-test.txt" echo PS C:\^> Test-NetConnection %KMS% -Port 1688
  powershell -NoProfile -NonInteractive -Command "Test-NetConnection -ComputerName $env:KMS -Port 1688" >> "%OUT%\port-test.txt" 2>&1
)

echo [7/9] Network
> "%OUT%\ipconfig.txt" echo C:\^>ipconfig /all
ipconfig /all >> "%OUT%\ipconfig.txt" 2>&1

echo [8/9] Time
> "%OUT%\w32tm.txt" echo C:\^>w32tm /query /status
w32tm /query /status >> "%OUT%\w32tm.txt" 2>&1
> "%OUT%\tzutil.txt" echo C:\^>tzutil /g
tzutil /g >> "%OUT%\tzutil.txt" 2>&1

echo [9/9] Service
> "%OUT%\sc-sppsvc.txt" echo C:\^>sc query sppsvc
sc query sppsvc >> "%OUT%\sc-sppsvc.txt" 2>&1
>> "%OUT%\sc-sppsvc.txt" echo C:\^>sc qc sppsvc
sc qc sppsvc >> "%OUT%\sc-sppsvc.txt" 2>&1

echo.
echo Done. Give this folder to the helpdesk: "%OUT%"
exit /b 0

:office
if not exist "%~1\ospp.vbs" exit /b 0
set /a OFFICES+=1
> "%OUT%\ospp-dstatus-%OFFICES%.txt" echo C:\^>cscript //nologo "%~1\ospp.vbs" /dstatus
cscript //nologo "%~1\ospp.vbs" /dstatus >> "%OUT%\ospp-dstatus-%OFFICES%.txt" 2>&1
exit /b 0
