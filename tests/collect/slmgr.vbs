' Stands in for slmgr.vbs: says how it was called, and prints an edition.
WScript.Echo "stub " & WScript.Arguments(0)
WScript.Echo "Name: Windows(R), Education edition"
WScript.Echo "Description: Windows(R) Operating System, VOLUME_KMSCLIENT channel"
WScript.Echo "License Status: Notification"
