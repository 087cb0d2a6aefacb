#include "value/shape_functions.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <string_view>

#include "v8/strings.h"

namespace isolet::value {

namespace {

constexpr uint32_t kLongestKey = 64;

// `"key":`, in ASCII. Under this one name a literal would set the prototype.
bool AppendKey(const KeyText& key, std::string* text) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr std::string_view kPrototype = "\"__proto__\"";
  if (key.length > kLongestKey) return false;
  std::string quoted = "\"";
  for (uint32_t i = 0; i < key.length; i++) {
    uint16_t unit = key.data[i];
    if (!key.one_byte) std::memcpy(&unit, key.data + 2 * size_t{i}, sizeof(unit));
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

uint64_t Seed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

uint64_t Mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 32);
}

}  // namespace

void ShapeFunctions::Clear() {
  context_.Reset();
  for (Slot& slot : slots_) slot = Slot();
}

uint32_t ShapeFunctions::HashOf(Keys keys) {
  static const uint64_t seed = Seed();
  uint64_t hash = Mix(seed, keys.size());
  for (const KeyText& key : keys) {
    hash = Mix(hash, uint64_t{key.length} << 1 | key.one_byte);
    const uint8_t* at = key.data;
    // All of those that get a function.
    size_t left = std::min(key.size(), size_t{2} * kLongestKey);
    for (; left > sizeof(uint64_t); left -= sizeof(uint64_t), at += sizeof(uint64_t)) {
      uint64_t word;
      std::memcpy(&word, at, sizeof(word));
      hash = Mix(hash, word);
    }
    uint64_t rest = 0;
    std::memcpy(&rest, at, left);
    hash = Mix(hash ^ seed, rest);
  }
  return static_cast<uint32_t>(hash ^ (hash >> 16));
}

std::string ShapeFunctions::Keep(Keys keys) {
  std::string kept;
  for (const KeyText& key : keys) {
    kept += static_cast<char>(key.one_byte);
    kept += static_cast<char>(key.length);
    kept.append(reinterpret_cast<const char*>(key.data), key.size());
  }
  return kept;
}

bool ShapeFunctions::Matches(const std::string& kept, Keys keys) {
  const char* at = kept.data();
  size_t left = kept.size();
  for (const KeyText& key : keys) {
    const size_t size = 2 + key.size();
    if (size > left || at[0] != static_cast<char>(key.one_byte) || static_cast<uint8_t>(at[1]) != key.length ||
        std::memcmp(at + 2, key.data, key.size()) != 0) {
      return false;
    }
    at += size;
    left -= size;
  }
  return left == 0;
}

v8::Local<v8::Function> ShapeFunctions::Find(v8::Local<v8::Context> context, uint32_t hash, Keys keys,
                                             uint32_t* uses) const {
  const Slot& slot = At(hash);
  *uses = slot.hash == hash ? slot.uses : 0;
  if (slot.hash != hash || slot.function.IsEmpty() || context_ != context) return {};
  if (!Matches(slot.keys, keys)) return {};
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
    if (!AppendKey(keys[i], &text)) return true;
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
  slot.keys = Keep(keys);
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
