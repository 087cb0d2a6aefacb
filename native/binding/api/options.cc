#include "binding/api/options.h"

#include "binding/environment/given.h"

namespace isolet {

WebOptions ReadWebOptions(GivenOptions& given) {
  WebOptions web;
  web.settings = given.Text("web");
  web.on = !web.settings.empty();
  web.clock_resolution = given.Number("webClockResolution");
  return web;
}

std::optional<GuestOptions> ReadGuestOptions(v8::Local<v8::Object> object) {
  GivenOptions given(object);
  GuestOptions options;
  options.max_heap_size = static_cast<size_t>(given.Number("maxHeapSize"));
  options.initial_heap_size = static_cast<size_t>(given.Number("initialHeapSize"));
  options.young_heap_size = static_cast<size_t>(given.Number("youngHeapSize"));
  options.transfer.max_depth = static_cast<uint32_t>(given.Number("maxTransferDepth", options.transfer.max_depth));
  options.transfer.max_bytes =
      static_cast<size_t>(given.Number("maxTransferBytes", static_cast<double>(options.transfer.max_bytes)));
  options.default_limits = {given.Number("timeout"), given.Number("cpuTimeout")};
  options.console = given.Flag("console", false);
  options.code_generation_strings = given.Flag("codeGenerationStrings", true);
  options.code_generation_wasm = given.Flag("codeGenerationWasm", true);
  options.max_timers = static_cast<uint32_t>(given.Number("maxTimers"));
  options.max_held_handles = static_cast<uint32_t>(given.Number("maxHeldHandles"));
  options.max_open_host_call_bytes = static_cast<size_t>(given.Number("maxOpenHostCallBytes"));
  options.late_timers = given.Flag("lateTimers", false);
  options.late_streams = given.Flag("lateStreams", false);
  options.move_results = given.Flag("moveResults", false);
  options.sync_in_place = given.Flag("syncInPlace", false);
  options.settle_stopped = given.Flag("settleStopped", false);
  options.late_web = given.Flag("lateWeb", false);
  options.streams = given.Text("streams");
  options.web = ReadWebOptions(given);
  if (given.failed()) return std::nullopt;
  return options;
}

}  // namespace isolet
