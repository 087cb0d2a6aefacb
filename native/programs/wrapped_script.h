// A script between the two halves of a wrapper, in one turn: guest function W is called with the host's arguments, then
// the script is evaluated, then what W returned is called with the script's value. Whoever loads a function into a
// runtime needs one hand-over for it instead of one per step. The thread that holds the isolate's lock runs it; any
// thread makes it.
#pragma once

#include <utility>

#include "programs/programs.h"

namespace isolet {

class WrappedScriptProgram final : public Program {
 public:
  WrappedScriptProgram(uint64_t wrapper_id, value::Message values, Source source)
      : wrapper_(wrapper_id, std::move(values)), script_(std::move(source)) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;
  void Discard(Parts& parts) override { wrapper_.Discard(parts); }
  ProgramForm TakeForm() override {
    CallForm wrapper = wrapper_.Form();
    return WrappedScriptForm{wrapper.function_id, std::move(wrapper.values), script_.Form()};
  }
  size_t ByteSize() const override { return wrapper_.ByteSize() + script_.ByteSize(); }

 private:
  CallProgram wrapper_;
  ScriptProgram script_;
};

}  // namespace isolet
