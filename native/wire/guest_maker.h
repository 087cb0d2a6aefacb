// What a cell serves: makes guests, and programs for them. The engine's is wire/engine_guests.h.
#pragma once

#include <memory>
#include <optional>

#include "calls/guest_options.h"
#include "calls/guest_port.h"
#include "calls/host.h"
#include "calls/program.h"
#include "calls/program_form.h"

namespace isolet::wire {

class GuestMaker {
 public:
  virtual ~GuestMaker() = default;

  // Before anything else; on the channel's thread.
  virtual std::optional<CapacityFailure> Prepare() = 0;
  // On a thread of the executor. Null and no outcome: there is nobody to make one for any more.
  virtual std::optional<GuestPort::Made> Make(GuestOptions options, std::shared_ptr<Host> host) = 0;
  // Null: there is none. Any thread.
  virtual std::unique_ptr<Program> ToProgram(ProgramForm form) = 0;
};

}  // namespace isolet::wire
