#include "binding/options.h"

#include <string>

namespace isolet {
namespace {

double Number(Napi::Object object, const char* name, double missing) {
  Napi::Value value = object.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : missing;
}

bool Flag(Napi::Object object, const char* name, bool missing) {
  Napi::Value value = object.Get(name);
  return value.IsBoolean() ? value.As<Napi::Boolean>().Value() : missing;
}

std::string Text(Napi::Object object, const char* name) {
  Napi::Value value = object.Get(name);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

}  // namespace

GuestOptions ReadGuestOptions(Napi::Object object) {
  GuestOptions options;
  options.max_heap_size = static_cast<size_t>(Number(object, "maxHeapSize", 0));
  options.initial_heap_size = static_cast<size_t>(Number(object, "initialHeapSize", 0));
  options.transfer.max_depth = static_cast<uint32_t>(Number(object, "maxTransferDepth", options.transfer.max_depth));
  options.transfer.max_bytes =
      static_cast<size_t>(Number(object, "maxTransferBytes", static_cast<double>(options.transfer.max_bytes)));
  options.default_limits = {Number(object, "timeout", 0), Number(object, "cpuTimeout", 0)};
  options.console = Flag(object, "console", false);
  options.code_generation_strings = Flag(object, "codeGenerationStrings", true);
  options.code_generation_wasm = Flag(object, "codeGenerationWasm", true);
  options.max_timers = static_cast<uint32_t>(Number(object, "maxTimers", 0));
  options.sync_in_place = Flag(object, "syncInPlace", false);
  options.streams = Text(object, "streams");
  options.name = Text(object, "name");
  return options;
}

}  // namespace isolet
