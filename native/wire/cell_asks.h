// What a guest in a cell is asked, from a frame to the guest. The channel's thread.
#pragma once

#include <memory>

#include "wire/call_waiters.h"
#include "wire/cell_host.h"
#include "wire/guest_maker.h"

namespace isolet::wire {

// False: there can't be such a message.
bool AskGuest(const std::shared_ptr<GuestPort>& guest, const std::shared_ptr<CellHost>& host, GuestMaker& maker,
              CallWaiters& waiters, ToCell& message);

}  // namespace isolet::wire
