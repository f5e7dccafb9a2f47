' Stands in for ospp.vbs: says how it was called, and prints one license.
WScript.Echo "stub " & WScript.Arguments(0)
WScript.Echo "---Processing--------------------------"
WScript.Echo "---------------------------------------"
WScript.Echo "LICENSE NAME: Office 19, Office19ProPlus2019VL_KMS_Client_AE edition"
WScript.Echo "LICENSE DESCRIPTION: Office 19, VOLUME_KMSCLIENT channel"
WScript.Echo "LICENSE STATUS:  ---OOB_GRACE---"
WScript.Echo "ERROR CODE: 0xC004F038"
WScript.Echo "ERROR DESCRIPTION: The Software Licensing Service reported that the product could not be activated. The count reported by your Key Management Service (KMS) is insufficient. Please contact your system administrator."
WScript.Echo "---------------------------------------"
WScript.Echo "---Exiting-----------------------------"
