#include "calls/host.h"

namespace isolet {

void Host::GiveBackOf(const value::Message& message) {
  for (const value::Handle& handle : message.handles) {
    if (handle.kind == value::HandleKind::kHostFunction || handle.kind == value::HandleKind::kHostStream) {
      ExportReleased(handle.id, 1);
    }
  }
}

}  // namespace isolet
