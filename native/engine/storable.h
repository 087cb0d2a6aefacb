// Finds objects that V8 can't store in a startup snapshot and would stop the process for: those that own memory of the
// ICU library, and their like. The builder asks before it lets V8 try.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/platform.h"
#include "engine/v8.h"

namespace isolet {

// A sentence that names one, or nothing. Needs the isolate's lock and a handle scope.
std::string FindUnstorable(const std::shared_ptr<IsolatePlatform>& platform, v8::Isolate* isolate,
                           v8::Local<v8::Context> context);

// Whether the source has the directive of an asm.js module. Its compiled form can't be stored, and a process that has
// met one in a snapshot does not even exit.
bool HasAsmModule(std::string_view source);
// Refuses eval and new Function of such sources in `context`. Needs the isolate's lock.
void RefuseAsmModules(v8::Isolate* isolate, v8::Local<v8::Context> context);

}  // namespace isolet
