#include "value/shape_functions.h"

#include <algorithm>
#include <string>

#include "v8/strings.h"

namespace isolet::value {

namespace {

constexpr int kLongestKey = 64;

// `"key":`, in ASCII. Under this one name a literal would set the prototype.
bool AppendKey(v8::Isolate* isolate, v8::Local<v8::String> key, std::string* text) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr std::string_view kPrototype = "\"__proto__\"";
  if (key->Length() > kLongestKey) return false;
  uint16_t units[kLongestKey];
  const auto length = static_cast<uint32_t>(key->Length());
  CopyTwoByte(isolate, key, units, length);
  std::string quoted = "\"";
  for (uint32_t i = 0; i < length; i++) {
    const uint16_t unit = units[i];
    if ((unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z') || (unit >= '0' && unit <= '9') || unit == '_') {
      quoted += static_cast<char>(unit);
      continue;
    }
    quoted += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) quoted += kHex[(unit >> shift) & 15];
  }
  quoted += '"';
  *text += quoted == kPrototype ? "[" + quoted + "]:" : quoted + ":";
  return true;
}

}  // namespace

void ShapeFunctions::Clear() {
  context_.Reset();
  for (Slot& slot : slots_) slot = Slot();
}

uint32_t ShapeFunctions::HashOf(Keys keys) {
  auto hash = static_cast<uint32_t>(keys.size());
  for (const auto& key : keys) {
    hash = (hash ^ static_cast<uint32_t>(key->GetIdentityHash())) * 0x9e3779b1u;
    hash ^= hash >> 15;
  }
  return hash;
}

v8::Local<v8::Function> ShapeFunctions::Find(v8::Local<v8::Context> context, uint32_t hash, Keys keys,
                                             uint32_t* uses) const {
  const Slot& slot = At(hash);
  *uses = slot.hash == hash ? slot.uses : 0;
  if (slot.hash != hash || slot.function.IsEmpty() || context_ != context) return {};
  if (!std::equal(keys.begin(), keys.end(), slot.keys.begin(), slot.keys.end(),
                  [](const auto& key, const auto& kept) { return kept == key; })) {
    return {};
  }
  return slot.function.Get(v8::Isolate::GetCurrent());
}

bool ShapeFunctions::Compile(v8::Local<v8::Context> context, uint32_t hash, Keys keys,
                             v8::Local<v8::Function>* function) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (context_.IsEmpty()) context_.Reset(isolate, context);
  if (context_ != context) return true;
  std::string text = "'use strict';return{";
  v8::Local<v8::String> parameters[kMostKeys];
  for (size_t i = 0; i < keys.size(); i++) {
    const std::string parameter = "v" + std::to_string(i);
    if (!AppendKey(isolate, keys[i], &text)) return true;
    text += parameter + ",";
    parameters[i] = Name(isolate, parameter.c_str());
  }
  text += "}";
  v8::Local<v8::String> source_text;
  if (!FromUtf8(isolate, text).ToLocal(&source_text)) return true;
  v8::ScriptCompiler::Source source(source_text);
  if (!v8::ScriptCompiler::CompileFunction(context, &source, keys.size(), parameters).ToLocal(function)) return false;
  Slot& slot = At(hash);
  slot.hash = hash;
  slot.uses = std::max(slot.uses, kWorthIt);
  slot.keys.clear();
  for (const auto& key : keys) slot.keys.emplace_back(isolate, key);
  slot.function.Reset(isolate, *function);
  return true;
}

void ShapeFunctions::Note(uint32_t hash, uint32_t uses) {
  Slot& slot = At(hash);
  if (slot.hash == hash) {
    slot.uses = std::min(slot.uses + uses, kMostUses);
  } else if (slot.uses > uses) {
    slot.uses -= uses;
  } else {
    slot = Slot();
    slot.hash = hash;
    slot.uses = std::min(uses, kMostUses);
  }
}

}  // namespace isolet::value
