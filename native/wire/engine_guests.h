// The engine's guests, for a cell to serve. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "guest/stock.h"
#include "wire/guest_maker.h"

namespace isolet::wire {

class EngineGuests final : public GuestMaker {
 public:
  // `begin` counts what is being made, for an environment that waits for it when it ends; it answers null then.
  EngineGuests(std::shared_ptr<GuestStock> stock, std::function<std::shared_ptr<void>()> begin)
      : stock_(std::move(stock)), begin_(std::move(begin)) {}

  std::optional<CapacityFailure> Prepare() override;
  std::optional<GuestPort::Made> Make(GuestOptions options, std::shared_ptr<Host> host) override;
  std::unique_ptr<Program> ToProgram(ProgramForm form) override;

 private:
  const std::shared_ptr<GuestStock> stock_;
  const std::function<std::shared_ptr<void>()> begin_;
};

}  // namespace isolet::wire
