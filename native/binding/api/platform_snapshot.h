// Lets guests with the web's APIs start from the snapshot of the process (snapshot/platform.h), and has it made. The
// environment's thread.
#pragma once

#include "calls/guest_options.h"

namespace isolet {

struct AddonData;

// For the options of a guest that is about to be made.
void StartFromPlatformSnapshot(AddonData& data, GuestOptions* options);

}  // namespace isolet
