// The engine's own guests in a cell, both ends in one process: an addon that runs its tests when it is loaded, says how
// they went, and ends the process. test/wire/engine.test.ts builds it from the objects of the addon.
#include <node.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <future>

#include "../native/check.h"
#include "../native/wire_noting_host.h"
#include "binding/environment/node_platform.h"
#include "guest/guest.h"
#include "guest/stock.h"
#include "modules/names.h"
#include "programs/module_programs.h"
#include "programs/programs.h"
#include "value/wire.h"
#include "wire/cell_link.h"
#include "wire/cell_server.h"
#include "wire/engine_guests.h"

namespace isolet::test {
namespace {

std::shared_ptr<GuestStock> stock;

class Owner final : public wire::CellLink::Owner {
 public:
  void CellEnded(const wire::CellEnd& end) override {
    if (end.cause == wire::CellEnd::Cause::kEnded) return;
    std::printf("  blamed: %s\n", end.why.c_str());
    blamed = true;
  }
  void CellWorn(const std::string&) override {}
  std::atomic<bool> blamed{false};
};

GuestOptions Options() {
  GuestOptions options;
  options.max_heap_size = 32 << 20;
  options.max_held_handles = 1000;
  options.max_open_host_call_bytes = 1 << 20;
  options.max_timers = 100;
  options.console = true;
  options.transfer.max_bytes = 1 << 20;
  return options;
}

// One cell with one guest.
class Cell {
 public:
  explicit Cell(GuestOptions options = Options()) {
    int sockets[2] = {-1, -1};
    EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    link = wire::CellLink::Open(sockets[0], owner, {});
    auto maker = std::make_shared<wire::EngineGuests>(stock, [] { return std::make_shared<int>(0); });
    EXPECT(wire::CellServer::Open(sockets[1], maker, [over = over] { over->store(true); }));
    guest = Make(host, std::move(options));
    EXPECT(guest != nullptr);
  }
  ~Cell() {
    guest->Close();
    EXPECT(Eventually([&] { return guest->gone(); }));
    EXPECT(!owner->blamed);
    link->End("the test is over");
    EXPECT(Eventually([&] { return over->load(); }));
  }

  std::shared_ptr<GuestPort> Make(const std::shared_ptr<Host>& its_host, GuestOptions options = Options()) {
    auto made = std::make_shared<std::promise<GuestPort::Made>>();
    link->Create(std::move(options), its_host, [made](GuestPort::Made one) { made->set_value(std::move(one)); });
    GuestPort::Made one = made->get_future().get();
    auto* port = std::get_if<std::shared_ptr<GuestPort>>(&one);
    return port == nullptr ? nullptr : *port;
  }
  void Eval(uint64_t id, const std::string& code, CallLimits limits = {}) {
    guest->Start(id, CallKind::kEvalAsync, limits, std::make_unique<ScriptProgram>(Source{code, "test.js"}));
  }
  double Number(uint64_t id) {
    EXPECT(host->Answered(id));
    return host->NumberOf(id);
  }
  Outcome EvalNow(const std::string& code, TestWaiter& waiter, CallLimits limits = {}) {
    bool leaves = false;
    return guest->RunNow(CallKind::kEval, 900, limits, std::make_unique<ScriptProgram>(Source{code, "test.js"}), waiter,
                         nullptr, &leaves);
  }
  // A function of the host as a global.
  void Define(const std::string& name, uint64_t id, HostCallMode mode) {
    value::Message message;
    message.bytes.Append(static_cast<uint8_t>(value::Tag::kHandle));
    message.bytes.Append(0);
    message.handles.push_back({value::HandleKind::kHostFunction, static_cast<uint32_t>(mode), id, name, 0});
    guest->Start(800 + id, CallKind::kInternal, {}, std::make_unique<SetGlobalProgram>(name, std::move(message), true));
    EXPECT(host->Answered(800 + id));
  }

  const std::shared_ptr<Owner> owner = std::make_shared<Owner>();
  const std::shared_ptr<NotingHost> host = std::make_shared<NotingHost>();
  const std::shared_ptr<std::atomic<bool>> over = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<wire::CellLink> link;
  std::shared_ptr<GuestPort> guest;
};

value::Message Small(uint8_t number) {
  value::Message message;
  message.bytes.Append(value::kSmallInt | number);
  return message;
}

double NumberIn(const Outcome& outcome) {
  auto* primitive = std::get_if<value::Primitive>(&outcome);
  return primitive == nullptr ? -1 : primitive->number;
}

TEST(ScriptsAndFunctionsRun) {
  Cell cell;
  cell.Eval(1, "6 * 7");
  EXPECT(cell.Number(1) == 42);
  cell.Eval(2, "(x) => x * 2");
  EXPECT(cell.host->Answered(2));
  const std::vector<value::Handle> handles = cell.host->HandlesOf(2);
  EXPECT(handles.size() == 1);
  value::Primitives arguments;
  arguments.Add(value::Primitive{value::Primitive::Kind::kNumber, 21});
  cell.guest->Start(3, CallKind::kCallAsync, {}, std::make_unique<CallProgram>(handles[0].id, arguments));
  EXPECT(cell.Number(3) == 42);
  EXPECT(cell.guest->numbers().held_handles == 1 && cell.guest->numbers().heap.used > 0);
  cell.guest->LetGo(value::HandleKind::kGuestFunction, handles[0].id, 1);
  EXPECT(Eventually([&] { return cell.guest->numbers().held_handles == 0; }));
  cell.Eval(4, "null.x");
  EXPECT(cell.host->Answered(4) && cell.host->Threw(4));
}

TEST(SynchronousCallsWaitAndTheirHostCallsAreServed) {
  Cell cell;
  TestWaiter waiter;
  cell.Define("ask", 5, HostCallMode::kSync);
  EXPECT(NumberIn(cell.EvalNow("1 + 2", waiter)) == 3);
  cell.host->serve = [&](HostCall call) {
    waiter.Offer([call = std::make_shared<HostCall>(std::move(call))] {
      HostReply reply{false, Small(7), 0};
      EXPECT(call->slot->Answer(&reply));
    });
  };
  EXPECT(NumberIn(cell.EvalNow("ask() + 1", waiter)) == 8);
}

TEST(HostCallsWithAndWithoutPromisesAreAnswered) {
  Cell cell;
  cell.Define("now", 5, HostCallMode::kSync);
  cell.Define("later", 6, HostCallMode::kAsync);
  cell.host->serve = [&](HostCall call) {
    HostReply reply{false, Small(5), 0};
    if (call.slot) {
      EXPECT(call.slot->Answer(&reply));
    } else {
      call.open.reset();
      cell.guest->SettleHostPromise(call.promise_id, std::move(reply));
    }
  };
  cell.Eval(1, "now() + 1");
  EXPECT(cell.Number(1) == 6);
  cell.Eval(2, "later().then((x) => x + 2)");
  EXPECT(cell.Number(2) == 7);
  for (uint64_t id = 10; id < 300; ++id) cell.Eval(id, "Promise.all([later(), later()]).then(([a, b]) => a + b)");
  for (uint64_t id = 10; id < 300; ++id) EXPECT(cell.Number(id) == 10);
  EXPECT(Eventually([&] { return cell.host->taken == 581; }));
}

TEST(PromisesOfTheGuestCross) {
  Cell cell;
  cell.Eval(1, "[new Promise((done) => setTimeout(done, 10, 5))]");
  EXPECT(cell.host->Answered(1));
  const std::vector<value::Handle> handles = cell.host->HandlesOf(1);
  EXPECT(handles.size() == 1 && handles[0].kind == value::HandleKind::kGuestPromise);
  EXPECT(Eventually([&] { return cell.host->promises(handles[0].id) == 1; }));
}

TEST(TimeLimitsAndAbortsEndOneCallAndNoMore) {
  Cell cell;
  cell.Eval(1, "while (true);", {50, 0});
  EXPECT(cell.host->Answered(1) && cell.host->ReasonOf(1) == StopReason::kWallTimeout);
  cell.Eval(2, "while (true);");
  SleepMs(20);
  cell.guest->Cancel(2, false);
  EXPECT(cell.host->ReasonOf(2) == StopReason::kAborted);
  TestWaiter waiter;
  EXPECT(ReasonIn(cell.EvalNow("while (true);", waiter, {50, 0})) == StopReason::kWallTimeout);
  cell.Eval(3, "1");
  EXPECT(cell.Number(3) == 1 && cell.host->answers(2) == 1);
}

TEST(AGuestThatRunsOutOfMemoryEndsAlone) {
  Cell cell;
  auto other_host = std::make_shared<NotingHost>();
  auto other = cell.Make(other_host);
  cell.Eval(1, "const kept = []; while (true) kept.push(new Array(1000).fill({}))");
  EXPECT(cell.host->Answered(1) && cell.host->ReasonOf(1) == StopReason::kHeapLimit);
  EXPECT(Eventually([&] { return cell.guest->gone(); }));
  EXPECT(cell.guest->state() == GuestPort::State::kTerminated && cell.host->ended == 1);
  other->Start(1, CallKind::kEvalAsync, {}, std::make_unique<ScriptProgram>(Source{"2", ""}));
  EXPECT(other_host->Answered(1) && other_host->NumberOf(1) == 2);
  other->Close();
  EXPECT(Eventually([&] { return other->gone(); }));
}

TEST(TerminatingStopsWhatRuns) {
  Cell cell;
  cell.Eval(1, "while (true);");
  cell.guest->Terminate("enough");
  EXPECT(cell.host->ReasonOf(1) == StopReason::kTerminated);
  EXPECT(Eventually([&] { return cell.host->gone == 1; }));
}

TEST(ConsoleAndModulesWork) {
  Cell cell;
  cell.guest->AddModule(ModuleUrl("m"), {ModuleType::kJs, "console.log('loaded'); export default 5"});
  cell.guest->Start(1, CallKind::kEvalModuleAsync, {}, std::make_unique<EvalModuleAsyncProgram>(1, "m"));
  EXPECT(cell.host->Answered(1) && cell.host->Valued(1));
  std::optional<ConsoleItem> item = cell.guest->NextLine();
  EXPECT(item && std::holds_alternative<ConsoleLine>(*item));
}

// µs for each call: alone, and with 64 in flight.
void Measure(const char* what, GuestPort& guest, NotingHost& host) {
  static uint64_t id = 1000;
  const auto eval = [&] {
    guest.Start(++id, CallKind::kEvalAsync, {}, std::make_unique<ScriptProgram>(Source{"1", ""}));
    return id;
  };
  const auto wait = [&](uint64_t last) {
    while (host.answers(last) == 0) CpuRelax();
  };
  for (int i = 0; i < 200; ++i) wait(eval());
  const int64_t start = SteadyNow();
  for (int i = 0; i < 1000; ++i) wait(eval());
  const int64_t between = SteadyNow();
  for (int i = 0; i < 200; ++i) {
    uint64_t last = 0;
    for (int k = 0; k < 64; ++k) last = eval();
    wait(last);
  }
  const int64_t end = SteadyNow();
  std::printf("%s: %.1f alone, %.1f in flight\n", what, static_cast<double>(between - start) / 1e6,
              static_cast<double>(end - between) / 200 / 64 / 1e3);
}

void Compare() {
  auto host = std::make_shared<NotingHost>();
  GuestPort::Made made = Guest::Create(*stock, Options(), host);
  auto guest = std::get<std::shared_ptr<GuestPort>>(made);
  Measure("here", *guest, *host);
  Cell cell;
  Measure("in a cell", *cell.guest, *cell.host);
  Measure("here", *guest, *host);
  guest->Close();
  EXPECT(Eventually([&] { return guest->gone(); }));
}

void Run(v8::Isolate* isolate) {
  stock = std::make_shared<GuestStock>(std::shared_ptr<IsolatePlatform>(CurrentNodePlatform(isolate)),
                                       std::make_shared<std::atomic<int>>(0));
  int failed = 0;
  for (const Case& test : Cases()) {
    const int before = failed_expectations.load();
    test.body();
    const bool ok = failed_expectations.load() == before;
    failed += ok ? 0 : 1;
    std::printf("%s %s\n", test.name, ok ? "ok" : "FAILED");
    std::fflush(stdout);
  }
  if (std::getenv("ISOLET_MEASURE") != nullptr) Compare();
  std::printf("%zu passed, %d failed\n", Cases().size() - static_cast<size_t>(failed), failed);
  std::fflush(stdout);
  _exit(failed == 0 ? 0 : 1);
}

}  // namespace
}  // namespace isolet::test

NODE_MODULE_INIT() { isolet::test::Run(context->GetIsolate()); }
