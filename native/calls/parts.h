// The parts of one guest by name, without their headers: how a part reaches another one of the same guest, and how a
// function that V8 calls finds them by the isolate. Whoever uses a part includes that part's header; so nobody below
// the guest needs to know what a guest is made of.
//
// Made by the guest, lives as long as it does. Which thread may use a part says the part.
#pragma once

#include <memory>

#include "v8/v8.h"

namespace isolet {

class ArrayBufferAllocator;
class AsyncWaits;
class Reservations;
class CallTable;
class CallTies;
class Console;
class ConsoleMethods;
struct EntryState;
class ForegroundRunner;
class Gate;
class GuestCrossing;
class GuestFunctions;
class GuestLife;
struct GuestOptions;
class HeapLimit;
class HeapNotes;
class HeldHandles;
class Host;
class HostFunctions;
class IntlMemory;
class IsolateSeat;
class UnattendedWork;
class Losable;
template <typename T>
class Mailbox;
class MemoryBudget;
class Modules;
class Promises;
class Rejections;
class Runaways;
class Settlement;
struct Stats;
class Streams;
class Task;
class TimeZone;
class Timers;
class WasmBudget;
class WasmMemories;
class Watched;
class Web;
class WebObjects;

class Parts {
 public:
  // Null in an isolate that no guest has: one that is only made ahead, or proves a snapshot.
  static Parts* Of(v8::Isolate* isolate) { return static_cast<Parts*>(isolate->GetData(0)); }

  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  const GuestOptions& options() const { return all_.options; }
  Host& host() const { return *all_.host; }

  // The guest as a whole.
  GuestLife& life() const { return all_.life; }
  Losable& losable() const { return all_.losable; }
  Mailbox<Task>& turns() const { return all_.turns; }
  Watched& watched() const { return all_.watched; }

  Gate& gate() const { return all_.gate; }
  CallTable& calls() const { return all_.calls; }
  CallTies& call_ties() const { return all_.call_ties; }
  EntryState& entry_state() const { return all_.entry_state; }
  UnattendedWork& unattended_work() const { return all_.unattended_work; }
  Runaways& runaways() const { return all_.runaways; }
  Stats& stats() const { return all_.stats; }

  HeapLimit& heap_limit() const { return all_.heap_limit; }
  HeapNotes& heap_notes() const { return all_.heap_notes; }
  MemoryBudget& memory_budget() const { return all_.memory_budget; }
  Reservations& buffers() const { return all_.buffers; }

  TimeZone& time_zone() const { return all_.time_zone; }
  IsolateSeat& seat() const { return all_.seat; }

  GuestCrossing& crossing() const { return all_.crossing; }
  GuestFunctions& functions() const { return all_.functions; }
  HeldHandles& held() const { return all_.held; }
  HostFunctions& host_functions() const { return all_.host_functions; }
  Promises& promises() const { return all_.promises; }
  Rejections& rejections() const { return all_.rejections; }
  Settlement& settlement() const { return all_.settlement; }
  Streams& streams() const { return all_.streams; }
  WebObjects& web_objects() const { return all_.web_objects; }

  WasmBudget& wasm() const { return all_.wasm; }
  WasmMemories& wasm_memories() const { return all_.wasm_memories; }

  AsyncWaits& async_waits() const { return all_.async_waits; }
  Console& console() const { return all_.console; }
  ConsoleMethods& console_methods() const { return all_.console_methods; }
  IntlMemory& intl_memory() const { return all_.intl_memory; }
  Timers& timers() const { return all_.timers; }

  Modules& modules() const { return all_.modules; }

  Web& web() const { return all_.web; }

  // From when the isolate is there until it is gone.
  v8::Isolate* isolate() const { return isolate_; }
  v8::Local<v8::Context> context(v8::Isolate* isolate) const { return context_.Get(isolate); }
  ArrayBufferAllocator& allocator() const { return *allocator_; }
  const std::shared_ptr<ArrayBufferAllocator>& shared_allocator() const { return allocator_; }
  // Null while a snapshot is made.
  ForegroundRunner* foreground() const { return foreground_.get(); }

 protected:
  struct All {
    const GuestOptions& options;
    const std::shared_ptr<Host>& host;
    GuestLife& life;
    Losable& losable;
    Mailbox<Task>& turns;
    Watched& watched;
    Gate& gate;
    CallTable& calls;
    CallTies& call_ties;
    EntryState& entry_state;
    UnattendedWork& unattended_work;
    Runaways& runaways;
    Stats& stats;
    HeapLimit& heap_limit;
    HeapNotes& heap_notes;
    MemoryBudget& memory_budget;
    Reservations& buffers;
    TimeZone& time_zone;
    IsolateSeat& seat;
    GuestCrossing& crossing;
    GuestFunctions& functions;
    HeldHandles& held;
    HostFunctions& host_functions;
    Promises& promises;
    Rejections& rejections;
    Settlement& settlement;
    Streams& streams;
    WebObjects& web_objects;
    WasmBudget& wasm;
    WasmMemories& wasm_memories;
    AsyncWaits& async_waits;
    Console& console;
    ConsoleMethods& console_methods;
    IntlMemory& intl_memory;
    Timers& timers;
    Modules& modules;
    Web& web;
  };

  explicit Parts(const All& all) : all_(all) {}
  ~Parts() = default;

  v8::Isolate* isolate_ = nullptr;
  std::shared_ptr<ArrayBufferAllocator> allocator_;
  std::shared_ptr<ForegroundRunner> foreground_;
  v8::Global<v8::Context> context_;

 private:
  const All all_;
};

}  // namespace isolet
