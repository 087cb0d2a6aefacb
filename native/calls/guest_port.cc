#include "calls/guest_port.h"

namespace isolet {

void GuestPort::LetGoOf(const value::Message& unread) {
  for (const value::Handle& handle : unread.handles) {
    if (handle.kind == value::HandleKind::kGuestFunction || handle.kind == value::HandleKind::kGuestStream ||
        handle.kind == value::HandleKind::kGuestPromise) {
      LetGo(handle.kind, handle.id, 1);
    }
  }
}

void GuestPort::LetGoOf(const Outcome& unread) {
  if (const value::Message* message = MessageIn(unread)) LetGoOf(*message);
}

}  // namespace isolet
