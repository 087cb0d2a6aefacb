#include "binding/api/cell_links.h"

#include <utility>
#include <vector>

#include "binding/api/addon_data.h"
#include "binding/environment/given.h"
#include "binding/environment/inbox.h"
#include "v8/strings.h"

#if defined(__linux__)
#include <fcntl.h>
#endif

namespace isolet {
namespace {

class EndedTask final : public HostTask {
 public:
  EndedTask(uint64_t number, wire::CellEnd end) : number_(number), end_(std::move(end)) {}
  void Run(Environment& environment) override { AddonData::Of(environment.env())->cell_links.Ended(number_, end_); }

 private:
  const uint64_t number_;
  const wire::CellEnd end_;
};

class WornTask final : public HostTask {
 public:
  WornTask(uint64_t number, std::string why) : number_(number), why_(std::move(why)) {}
  void Run(Environment& environment) override { AddonData::Of(environment.env())->cell_links.Worn(number_, why_); }

 private:
  const uint64_t number_;
  const std::string why_;
};

// An environment that has ended has ended its cells itself, and hears nothing.
class Owner final : public wire::CellLink::Owner {
 public:
  Owner(std::shared_ptr<Inbox> inbox, uint64_t number) : inbox_(std::move(inbox)), number_(number) {}

  void CellEnded(const wire::CellEnd& end) override {
    (void)inbox_->Post(std::make_unique<EndedTask>(number_, end), false);
  }
  void CellWorn(const std::string& why) override {
    (void)inbox_->Post(std::make_unique<WornTask>(number_, why), false);
  }

 private:
  const std::shared_ptr<Inbox> inbox_;
  const uint64_t number_;
};

// By CellEnd::Cause.
constexpr const char* kCauses[] = {"closed", "ended", "misbehaved", "silent", "memory", "processor"};

int CopyOf(int descriptor) {
#if defined(__linux__)
  return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
#else
  (void)descriptor;
  return -1;
#endif
}

}  // namespace

CellLinks::CellLinks(Environment& environment)
    : environment_(environment),
      exit_hook_(
          environment.isolate(), [](void* self) { static_cast<CellLinks*>(self)->EndAll(); }, this) {
  // After the environment's own: runs before it, and what waits for guests then finds them gone.
  environment.env().AddCleanupHook([](CellLinks* self) { self->EndAll(); }, this);
}

uint64_t CellLinks::Open(int descriptor, int pid, uint64_t most_memory, v8::Local<v8::Function> tell) {
  const int socket = CopyOf(descriptor);
  if (socket < 0) return 0;
  const uint64_t number = ++last_;
  std::shared_ptr<wire::CellLink> link = wire::CellLink::Open(
      socket, std::make_shared<Owner>(environment_.shared_inbox(), number), {wire::ProcessFacts::Of(pid), most_memory});
  if (!link) return 0;
  Entry& entry = cells_[number];
  entry.link = std::move(link);
  entry.tell.Reset(environment_.isolate(), tell);
  return number;
}

std::shared_ptr<wire::CellLink> CellLinks::Find(uint64_t number) const {
  auto found = cells_.find(number);
  return found == cells_.end() ? nullptr : found->second.link;
}

void CellLinks::Tell(const v8::Global<v8::Function>& tell, const char* what, const std::string& why) {
  v8::Isolate* isolate = environment_.isolate();
  v8::Local<v8::String> text;
  if (!FromUtf8(isolate, why).ToLocal(&text)) return;
  v8::Local<v8::Value> arguments[] = {Name(isolate, what), text};
  v8::TryCatch catcher(isolate);
  // It throws nothing; what is left is an environment that ends.
  (void)tell.Get(isolate)->Call(environment_.context(), v8::Undefined(isolate), 2, arguments).IsEmpty();
}

void CellLinks::Ended(uint64_t number, const wire::CellEnd& end) {
  auto node = cells_.extract(number);
  if (node) Tell(node.mapped().tell, kCauses[static_cast<size_t>(end.cause)], end.why);
}

void CellLinks::Worn(uint64_t number, const std::string& why) {
  auto found = cells_.find(number);
  if (found != cells_.end()) Tell(found->second.tell, "worn", why);
}

void CellLinks::EndAll() {
  for (auto& [number, entry] : std::exchange(cells_, {})) entry.link->End("the process that it belongs to ends");
}

Napi::Value OpenCell(const Napi::CallbackInfo& info) {
  Given given(info);
  if (!given[0]->IsNumber() || !given[1]->IsNumber() || !given[2]->IsNumber() || !given[3]->IsFunction()) {
    ThrowMisuse("a cell needs a descriptor, a process, a bound and a function");
    return info.Env().Undefined();
  }
  AddonData* data = AddonData::Of(info.Env());
  const uint64_t number = data->environment.ending() ? 0
                                                     : data->cell_links.Open(static_cast<int>(given.Number(0)),
                                                                             static_cast<int>(given.Number(1)),
                                                                             given.Id(2), given[3].As<v8::Function>());
  return Returned(info.Env(), v8::Number::New(given.isolate(), static_cast<double>(number)));
}

void EndCell(const Napi::CallbackInfo& info) {
  Given given(info);
  std::shared_ptr<wire::CellLink> link = AddonData::Of(info.Env())->cell_links.Find(given.Id(0));
  if (link) link->End(given.Text(1));
}

}  // namespace isolet
