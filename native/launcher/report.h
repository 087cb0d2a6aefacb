// What the launcher says to its parent: one line for each layer, through a pipe that exec closes.
//
//   held LAYER DETAIL           stands
//   missing LAYER STEP ERRNO    could not be built, and may be missing
//   failed LAYER STEP ERRNO     could not be built: nothing is started
//   process PID                 who becomes the program, as this process's parent names it
//
// End of file without `failed` means that the program was started.
#pragma once

void ReportTo(int descriptor);
int ReportDescriptor(void);
void ReportHeld(const char* layer, int detail);
void ReportMissing(const char* layer, const char* step, int error);
void ReportProcess(int pid);
// Ends the process.
_Noreturn void Fail(const char* layer, const char* step, int error);
