// The guest programs that evaluate a module for the host. The thread that holds the isolate's lock runs them; any
// thread makes them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "engine/frame.h"

namespace isolet {

// Answers the exports, or fails if that would need waiting.
class EvalModuleProgram final : public Program {
 public:
  EvalModuleProgram(uint64_t call_id, std::string specifier) : call_id_(call_id), specifier_(std::move(specifier)) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;

 private:
  const uint64_t call_id_;
  const std::string specifier_;
};

// The call gets its answer when the module has run; the promise that Run answers never settles.
class EvalModuleAsyncProgram final : public Program {
 public:
  EvalModuleAsyncProgram(uint64_t call_id, std::string specifier)
      : call_id_(call_id), specifier_(std::move(specifier)) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;

 private:
  const uint64_t call_id_;
  const std::string specifier_;
};

}  // namespace isolet
