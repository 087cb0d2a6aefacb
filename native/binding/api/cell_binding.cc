#include "binding/api/cell_binding.h"

#include <sstream>
#include <vector>

#include "binding/environment/given.h"
#include "binding/environment/record.h"
#include "cell/seal.h"

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

}  // namespace

Napi::Value SealCell(const Napi::CallbackInfo& info) {
  Given given(info);
  v8::Isolate* isolate = given.isolate();
  const auto sealed = Seal({given.Id(0), Words(given.Text(1))});
  if (const auto* refused = std::get_if<CapacityFailure>(&sealed)) {
    ThrowMisuse(refused->message.c_str());
    return Napi::Value();
  }
  std::vector<v8::Local<v8::Value>> records;
  for (const Wall& wall : std::get<Walls>(sealed)) records.push_back(ToRecord(isolate, wall));
  return Returned(info.Env(), v8::Array::New(isolate, records.data(), records.size()));
}

}  // namespace isolet
