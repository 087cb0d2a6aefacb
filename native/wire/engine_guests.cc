#include "wire/engine_guests.h"

#include "guest/engine_threads.h"
#include "guest/guest.h"
#include "programs/form.h"

namespace isolet::wire {

std::optional<CapacityFailure> EngineGuests::Prepare() { return StartEngineThreads(); }

std::optional<GuestPort::Made> EngineGuests::Make(GuestOptions options, std::shared_ptr<Host> host) {
  std::shared_ptr<void> counted = begin_();
  if (!counted) return std::nullopt;
  // There is no thread here that a guest could share.
  options.sync_in_place = false;
  return Guest::Create(*stock_, std::move(options), std::move(host));
}

std::unique_ptr<Program> EngineGuests::ToProgram(ProgramForm form) { return MakeProgram(std::move(form)); }

}  // namespace isolet::wire
