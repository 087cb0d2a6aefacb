// From a source to V8's module object. Inside a frame.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "calls/source.h"
#include "isolate/lock.h"
#include "modules/entry.h"
#include "modules/source.h"
#include "v8/v8.h"

namespace isolet {

// A source in the guest: a string, or a Uint8Array for kBytes and kWasm.
struct ArrivedSource {
  ModuleType type = ModuleType::kJs;
  v8::Local<v8::Value> content;
};

// Empty: an exception is pending.
v8::MaybeLocal<v8::Value> TakeIn(Parts& parts, const ModuleSource& source);

// Compiles `source` under the URL of `entry` and, for what is not JavaScript, sets `entry->value`. Empty: an exception
// is pending.
v8::MaybeLocal<v8::Module> CompileModule(Parts& parts, v8::Local<v8::Context> context, ModuleEntry& entry,
                                         const ArrivedSource& source);

// Keeps the code of a JavaScript module that has run in this guest, with the functions that were called meanwhile.
// False: an exception is pending.
bool KeepModuleCode(const IsolateLock& lock, const Source& source);

// The value of the attribute `type` (empty if there is none) in V8's list of attributes, whose entries are `step`
// elements long. False: an exception is pending, there are attributes that mean nothing here.
bool ReadTypeAttribute(v8::Local<v8::Context> context, v8::Local<v8::FixedArray> attributes, int step,
                       std::string* type);

// What a compiled module imports. False: an exception is pending.
bool ReadRequests(v8::Local<v8::Context> context, v8::Local<v8::Module> module, const std::string& url,
                  std::vector<std::shared_ptr<ModuleRequest>>* requests);

inline constexpr size_t kMaxSpecifier = 8192;  // characters

}  // namespace isolet
