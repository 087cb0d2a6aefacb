#include "binding/api/cell_binding.h"

#include <cmath>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <vector>

#include "binding/api/addon_data.h"
#include "binding/environment/given.h"
#include "binding/environment/record.h"
#include "cell/seal.h"
#include "threads/processors.h"
#include "threads/thread.h"
#include "wire/cell_server.h"
#include "wire/engine_guests.h"

namespace isolet {
namespace {

std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

v8::Local<v8::Value> ToRecord(v8::Isolate* isolate, const Wall& wall) {
  Record record(isolate);
  record.Set("layer", wall.layer).Set("state", wall.held ? "held" : "failed");
  if (!wall.held) record.Set("call", wall.call).Set("errno", static_cast<double>(wall.error));
  return record.object();
}

// Nothing comes before its host has heard which walls stand. False: the system refuses.
bool Serve(Environment& environment, int descriptor) {
  auto guests = std::make_shared<wire::EngineGuests>(environment.stock(), environment.CreationCounter());
  // Guests may run: nothing is taken down around them.
  return wire::CellServer::Open(descriptor, std::move(guests), [] { std::_Exit(0); });
}

// What counts as memory of the engine's threads that begin when guests have work.
uint64_t StacksToCome() { return static_cast<uint64_t>(std::ceil(AvailableProcessors())) * uint64_t{kEngineStackSize}; }

}  // namespace

Napi::Value SealCell(const Napi::CallbackInfo& info) {
  Given given(info);
  v8::Isolate* isolate = given.isolate();
  SealOptions options{given.Id(0), Words(given.Text(1))};
  if (given[2]->IsNumber()) {
    if (!Serve(AddonData::Of(info.Env())->environment, static_cast<int>(given.Number(2)))) {
      ThrowMisuse("the system refuses a thread for the channel");
      return Napi::Value();
    }
    if (options.memory != 0) options.memory += StacksToCome();
  }
  const auto sealed = Seal(options);
  if (const auto* refused = std::get_if<CapacityFailure>(&sealed)) {
    ThrowMisuse(refused->message.c_str());
    return Napi::Value();
  }
  std::vector<v8::Local<v8::Value>> records;
  for (const Wall& wall : std::get<Walls>(sealed)) records.push_back(ToRecord(isolate, wall));
  return Returned(info.Env(), v8::Array::New(isolate, records.data(), records.size()));
}

}  // namespace isolet
