// A small process that starts launchers for its host: to start one, the whole of a process is copied first, and a host
// is large. It says how each ended, and what it took.
//
// It ends with its host: at the end of the socket, and at the signal that the kernel sends when the thread that started
// it is gone. Then it ends what it has started, and waits for all of it, so that no process is left and none stays
// unreaped in a container where nobody else would.
#pragma once

// `isolet-launcher spawner PARENT`: the socket is descriptor 3. Does not return.
_Noreturn void ServeStarts(int count, char** arguments);
