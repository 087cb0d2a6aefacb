// The guest programs that the host can ask for: a script, and a call of a function it holds. The thread that holds the
// isolate's lock runs them; any thread makes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "calls/source.h"
#include "code/script_compiler.h"
#include "entry/frame.h"
#include "threads/recycled.h"
#include "value/message.h"
#include "value/primitive.h"

namespace isolet {

class ScriptProgram final : public Program {
 public:
  enum class Value : uint8_t { kKept, kDropped };  // dropped: what it evaluates to might not even cross

  explicit ScriptProgram(Source source, Value value = Value::kKept, KeepCode keep = KeepCode::kSeenAgain)
      : source_(std::move(source)), value_(value), keep_(keep) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;
  ProgramForm TakeForm() override { return Form(); }
  ScriptForm Form() { return {std::move(source_), value_ == Value::kKept, keep_}; }
  size_t ByteSize() const override { return source_.code.size(); }

 private:
  Source source_;
  const Value value_;
  const KeepCode keep_;
};

// Keeps the compiled code of a script or module that has run here, for the next runtime that gets it; answers
// undefined.
class KeepCodeProgram final : public Program {
 public:
  KeepCodeProgram(Source source, bool module) : source_(std::move(source)), module_(module) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;
  ProgramForm TakeForm() override { return KeepCodeForm{std::move(source_), module_}; }
  size_t ByteSize() const override { return source_.code.size(); }

 private:
  Source source_;
  const bool module_;
};

// Makes timers and streams that a snapshot was built without; answers undefined. Its code may have changed anything, so
// this is a call with its limits.
class AddLateProgram final : public Program {
 public:
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;
  ProgramForm TakeForm() override { return AddLateForm{}; }
};

class CallProgram final : public Program, public Recycled<CallProgram> {
 public:
  // `values` is a list: the arguments, then the receiver.
  CallProgram(uint64_t function_id, value::Message values) : function_id_(function_id), values_(std::move(values)) {}
  // On the receiver it has anyway.
  CallProgram(uint64_t function_id, const value::Primitives& arguments)
      : function_id_(function_id), arguments_(arguments) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;
  void Discard(Parts& parts) override;
  ProgramForm TakeForm() override;
  CallForm Form() { return {function_id_, std::move(values_)}; }
  size_t ByteSize() const override { return values_.ByteSize(); }

 private:
  v8::MaybeLocal<v8::Value> CallWith(const IsolateLock& lock, v8::Local<v8::Function> function,
                                     v8::Local<v8::Value> receiver, size_t count, v8::Local<v8::Value>* arguments);

  const uint64_t function_id_;
  value::Message values_;
  std::optional<value::Primitives> arguments_;  // instead of values_
};

// Defines a property of globalThis; answers undefined.
// Answers false if the guest's own declaration hides the name: then nothing has changed. If nobody waits for the answer
// that is an event.
class SetGlobalProgram final : public Program {
 public:
  SetGlobalProgram(std::string name, value::Message value, bool awaited)
      : name_(std::move(name)), value_(std::move(value)), awaited_(awaited) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;
  void Discard(Parts& parts) override;
  ProgramForm TakeForm() override { return SetGlobalForm{std::move(name_), std::move(value_), awaited_}; }
  size_t ByteSize() const override { return value_.ByteSize(); }

 private:
  v8::Local<v8::Value> Refuse(const IsolateLock& lock) const;

  std::string name_;
  value::Message value_;
  const bool awaited_;
};

// Answers whether there was such an own property.
class DeleteGlobalProgram final : public Program {
 public:
  explicit DeleteGlobalProgram(std::string name) : name_(std::move(name)) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override;
  ProgramForm TakeForm() override { return DeleteGlobalForm{std::move(name_)}; }

 private:
  std::string name_;
};

}  // namespace isolet
