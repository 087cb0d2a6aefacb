#include "wire/engine_guests.h"

#include "guest/engine_threads.h"
#include "guest/guest.h"
#include "programs/form.h"

namespace isolet::wire {

std::optional<CapacityFailure> EngineGuests::Prepare() { return StartEngineThreads(); }

std::optional<GuestMaker::Made> EngineGuests::Make(GuestOptions options, std::shared_ptr<Host> host) {
  std::shared_ptr<void> counted = begin_();
  if (!counted) return std::nullopt;
  // There is no thread here that a guest could share.
  options.sync_in_place = false;
  Guest::Made made = Guest::Create(*stock_, std::move(options), std::move(host));
  if (auto* failed = std::get_if<Outcome>(&made)) return std::move(*failed);
  return std::shared_ptr<GuestPort>(std::get<std::shared_ptr<Guest>>(std::move(made)));
}

std::unique_ptr<Program> EngineGuests::ToProgram(ProgramForm form) { return MakeProgram(std::move(form)); }

}  // namespace isolet::wire
