// Finds objects that V8 can't store in a startup snapshot and would stop the process for: those that own memory of the
// ICU library, and their like. The builder asks before it lets V8 try.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "isolate/platform.h"
#include "v8/v8.h"

namespace isolet {

// A sentence that names one, or nothing. Needs the isolate's lock and a handle scope.
std::string FindUnstorable(const std::shared_ptr<IsolatePlatform>& platform, v8::Isolate* isolate,
                           v8::Local<v8::Context> context);

// Whether the source has the directive of an asm.js module. Its compiled form can't be stored, and a process that has
// met one in a snapshot does not even exit.
bool HasAsmModule(std::string_view source);
// Refuses eval and new Function of such sources in `context`. Needs the isolate's lock.
void RefuseAsmModules(v8::Isolate* isolate, v8::Local<v8::Context> context);

// While a snapshot is made V8 leaves out Error.stackTraceLimit, so errors would have no stack, and it adds it to each
// restored context, where it must not exist already. This puts it there for the scripts and takes it away again.
class StackTraceLimit {
 public:
  StackTraceLimit() = default;
  StackTraceLimit(const StackTraceLimit&) = delete;
  StackTraceLimit& operator=(const StackTraceLimit&) = delete;

  // Before the scripts. Both need the isolate's lock.
  void Add(v8::Isolate* isolate, v8::Local<v8::Context> context);
  // False if the scripts made that impossible.
  bool Remove(v8::Isolate* isolate, v8::Local<v8::Context> context);

 private:
  v8::Global<v8::Object> error_;
};

}  // namespace isolet
