// The guest programs that evaluate a module for the host. The thread that holds the isolate's lock runs them; any
// thread makes them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "entry/frame.h"

namespace isolet {

// Answers the exports. At a top-level await that the guest can settle itself it says so in `waits` and leaves: the
// exports are then the answer of a call in the table (ModuleWaits). Null: nobody will wait. Fails where only the host
// could settle it.
class EvalModuleProgram final : public Program {
 public:
  EvalModuleProgram(uint64_t call_id, std::string specifier, std::shared_ptr<std::atomic<bool>> waits)
      : call_id_(call_id), specifier_(std::move(specifier)), waits_(std::move(waits)) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;
  ProgramForm TakeForm() override { return EvalModuleForm{call_id_, std::move(specifier_), waits_}; }

 private:
  const uint64_t call_id_;
  std::string specifier_;
  const std::shared_ptr<std::atomic<bool>> waits_;
};

// The call gets its answer when the module has run; the promise that Run answers never settles.
class EvalModuleAsyncProgram final : public Program {
 public:
  EvalModuleAsyncProgram(uint64_t call_id, std::string specifier)
      : call_id_(call_id), specifier_(std::move(specifier)) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;
  ProgramForm TakeForm() override { return EvalModuleAsyncForm{call_id_, std::move(specifier_)}; }

 private:
  const uint64_t call_id_;
  std::string specifier_;
};

}  // namespace isolet
