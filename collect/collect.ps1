# kms-triage-collect 1
# Gathers what tells why Windows or Office does not activate, into a folder named after this computer.
# It reads only and changes nothing on this computer. No administrator is needed; what Windows shows to
# administrators only is left out.
# Usage: powershell -NoProfile -ExecutionPolicy Bypass -File collect.ps1 [folder]
param([string]$Top = $PSScriptRoot)

$out = Join-Path $Top $env:COMPUTERNAME
[void][IO.Directory]::CreateDirectory($out)

# The command as typed, then what it printed, in one file.
function Out-Evidence([string]$Name, [string]$Typed, [scriptblock]$Command) {
    Write-Host $Typed
    $path = Join-Path $out ($Name + '.txt')
    $Typed | Out-File -LiteralPath $path -Encoding utf8 -Width 4096
    & $Command 2>&1 | Out-File -LiteralPath $path -Encoding utf8 -Width 4096 -Append
}

'kms-triage-collect 1' | Out-File -LiteralPath (Join-Path $out 'kms-triage-collect.txt') -Encoding ascii

$system = Join-Path $env:SystemRoot 'System32'
if (Test-Path (Join-Path $env:SystemRoot 'Sysnative\slmgr.vbs')) { $system = Join-Path $env:SystemRoot 'Sysnative' }
$slmgr = Join-Path $system 'slmgr.vbs'

Out-Evidence 'slmgr-dlv' 'C:\>cscript //nologo slmgr.vbs /dlv' { cscript //nologo $slmgr /dlv }
Out-Evidence 'slmgr-xpr' 'C:\>cscript //nologo slmgr.vbs /xpr' { cscript //nologo $slmgr /xpr }

$number = 0
foreach ($root in @($env:ProgramFiles, ${env:ProgramFiles(x86)}) | Where-Object { $_ } | Select-Object -Unique) {
    foreach ($version in 14, 15, 16) {
        foreach ($inner in "Microsoft Office\Office$version", "Microsoft Office\root\Office$version", "Microsoft Office $version\root\Office$version") {
            $ospp = Join-Path (Join-Path $root $inner) 'ospp.vbs'
            if (Test-Path -LiteralPath $ospp) {
                $number++
                Out-Evidence "ospp-dstatus-$number" "C:\>cscript //nologo `"$ospp`" /dstatus" { cscript //nologo $ospp /dstatus }
            }
        }
    }
}
if ($number -eq 0) { 'kms-triage-collect: no Office with ospp.vbs in the usual folders' | Out-File (Join-Path $out 'ospp-dstatus.txt') -Encoding ascii }

$names = 'Microsoft-Windows-Security-SPP', 'Software Protection Platform Service', 'Office Software Protection Platform Service', 'Microsoft-Windows-Security-Licensing-SLC'
$query = '*[System[Provider[' + (($names | ForEach-Object { "@Name='$_'" }) -join ' or ') + ']]]'
wevtutil epl Application (Join-Path $out 'spp-events.evtx') "/q:$query" /ow:true 2>$null
wevtutil qe Application "/q:$query" /c:200 /rd:true /f:text 2>&1 | Out-File (Join-Path $out 'spp-events.txt') -Encoding utf8 -Width 4096

Out-Evidence 'nslookup' 'C:\>nslookup -type=srv _vlmcs._tcp' { nslookup -type=srv _vlmcs._tcp }

# The host that is set, else the one that DNS names.
$key = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform'
$kms = (Get-ItemProperty -LiteralPath $key -ErrorAction SilentlyContinue).KeyManagementServiceName
if (-not $kms) {
    $line = Get-Content (Join-Path $out 'nslookup.txt') | Where-Object { $_ -match 'svr hostname\s*=\s*(\S+)' } | Select-Object -First 1
    if ($line -match '=\s*(\S+)') { $kms = $Matches[1] }
}
if ($kms) {
    Out-Evidence 'port-test' "PS C:\> Test-NetConnection $kms -Port 1688" { Test-NetConnection -ComputerName $kms -Port 1688 }
} else {
    'kms-triage-collect: no KMS host is set and DNS names none' | Out-File (Join-Path $out 'port-test.txt') -Encoding ascii
}

Out-Evidence 'ipconfig' 'C:\>ipconfig /all' { ipconfig /all }
Out-Evidence 'w32tm' 'C:\>w32tm /query /status' { w32tm /query /status }
Out-Evidence 'tzutil' 'C:\>tzutil /g' { tzutil /g }
Out-Evidence 'sc-sppsvc' 'C:\>sc query sppsvc' { sc.exe query sppsvc }

Write-Host "Done. Give this folder to the helpdesk: $out"
