#include "binding/api/spawner_binding.h"

#include <optional>
#include <string>
#include <utility>

#include "binding/api/addon_data.h"
#include "binding/environment/given.h"
#include "binding/environment/record.h"

namespace isolet {
namespace {

Napi::Value Answer(const Napi::CallbackInfo& info, const Record& record) {
  return Returned(info.Env(), record.object());
}

Napi::Value Answer(const Napi::CallbackInfo& info, const Refused& refused) {
  Record record(v8::Isolate::GetCurrent());
  return Answer(info, record.Set("call", refused.call).Set("errno", static_cast<double>(refused.error)));
}

}  // namespace

Napi::Value StartSpawner(const Napi::CallbackInfo& info) {
  auto made = SpawnerProcess::Start(Given(info).Text(0));
  if (auto* refused = std::get_if<Refused>(&made)) return Answer(info, *refused);
  auto& [process, socket] = std::get<SpawnerProcess::Started>(made);
  const int pid = process->pid();
  AddonData::Of(info.Env())->spawners[pid] = std::move(process);
  Record record(v8::Isolate::GetCurrent());
  return Answer(info, record.Set("pid", static_cast<double>(pid)).Set("socket", static_cast<double>(socket)));
}

void EndSpawner(const Napi::CallbackInfo& info) {
  auto node = AddonData::Of(info.Env())->spawners.extract(static_cast<int>(Given(info).Number(0)));
  if (node) node.mapped()->Kill();
}

Napi::Value AskSpawner(const Napi::CallbackInfo& info) {
  Given given(info);
  const int socket = static_cast<int>(given.Number(0));
  const std::optional<std::string> request = BytesOf(given[1]);
  if (!request) {
    ThrowMisuse("a request is bytes");
    return info.Env().Undefined();
  }
  Record record(v8::Isolate::GetCurrent());
  if (!given.Flag(2)) {
    const int error = SendRequest(socket, *request);
    return error == 0 ? Answer(info, record) : Answer(info, Refused{"sendmsg", error});
  }
  const auto sent = SendStart(socket, *request);
  if (const auto* refused = std::get_if<Refused>(&sent)) return Answer(info, *refused);
  const Connection& here = std::get<Connection>(sent);
  record.Set("output", static_cast<double>(here.output))
      .Set("errors", static_cast<double>(here.errors))
      .Set("channel", static_cast<double>(here.channel))
      .Set("report", static_cast<double>(here.report));
  return Answer(info, record);
}

}  // namespace isolet
