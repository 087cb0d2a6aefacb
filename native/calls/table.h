// The asynchronous calls of one guest that have no answer yet. Whoever takes a call out of the table gives the answer:
// that is what makes it exactly one. What a call has brought is here until it begins, and leaves with it if it never
// does: it does not wait for a guest that has no time. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "calls/call.h"
#include "threads/recycled.h"

namespace isolet {

class CallTable {
 public:
  CallTable() = default;
  CallTable(const CallTable&) = delete;
  CallTable& operator=(const CallTable&) = delete;

  // What there may be at one time. Bytes: of programs that wait for their turn; one by itself has its own limit.
  struct Room {
    size_t calls = SIZE_MAX;
    size_t bytes = SIZE_MAX;
  };
  enum class Answer : uint8_t { kAdded, kShut, kTooMany, kTooBig };
  // If it is not added, the caller answers. kShut: after Shut.
  Answer Add(std::shared_ptr<Call> call, const Room& room);
  // The program of a call that begins, null if the call has been taken.
  std::unique_ptr<Program> Begin(uint64_t id);
  // Null if it has been taken.
  std::shared_ptr<Call> Take(uint64_t id);
  std::shared_ptr<Call> Find(uint64_t id) const;
  bool HasBegun(uint64_t id) const;
  // Takes what is past its deadline; `next` becomes the earliest deadline that is left, if earlier. Costs nothing for
  // calls that have time. Calls for which `skip` answers true stay (asked with the table's mutex held).
  std::vector<std::shared_ptr<Call>> TakeExpired(int64_t now, const std::function<bool(uint64_t)>& skip, int64_t* next);
  // Takes calls that have been inside the guest already, but not `except`.
  std::vector<std::shared_ptr<Call>> TakeStarted(uint64_t except);
  // Those that have begun and have a budget of processor time. Costs nothing if there is none.
  std::vector<std::shared_ptr<Call>> Budgeted() const;
  // Takes all, and lets no more in.
  std::vector<std::shared_ptr<Call>> Shut();

  size_t size() const;
  // Calls that have begun; those that have yet to, and the bytes of their programs.
  size_t begun() const;
  size_t waiting() const;
  size_t waiting_bytes() const;
  // Call::bytes of all. Takes as long as there are many.
  size_t bytes() const;
  // The longest limits of the calls that have begun, for work that belongs to none of them.
  CallLimits WidestLimits() const;

 private:
  struct Due {
    int64_t deadline;
    uint64_t id;
    bool operator>(const Due& other) const { return deadline > other.deadline; }
  };

  // The largest of the limits of calls that come and go.
  struct Largest {
    double value = 0;
    size_t count = 0;  // of those that are as large

    bool known() const { return value == 0 || count > 0; }
    void Add(double limit) {
      if (limit > value) *this = {limit, 0};
      if (limit == value) ++count;
    }
    void Remove(double limit) {
      if (limit == value && count > 0) --count;
    }
  };

  // The call leaves the table. These need mutex_.
  std::shared_ptr<Call> Taken(std::shared_ptr<Call> call);
  void Expect(const Call& call);
  void NoLongerWaits(const Program& program);
  void NoteBegun(const Call& call);
  void FindLargest() const;

  // Guards everything below. Lock order: after the watchdog's, before the gate's.
  mutable std::mutex mutex_;
  using Entry = std::pair<const uint64_t, std::shared_ptr<Call>>;
  std::unordered_map<uint64_t, std::shared_ptr<Call>, std::hash<uint64_t>, std::equal_to<>, RecyclingAllocator<Entry>>
      calls_;
  // A heap, the earliest first. Calls that were taken stay in it until it is their time or they are the most of it.
  std::vector<Due> due_;
  size_t waiting_ = 0;
  // Of calls that have begun. Found anew when the last of the largest has gone.
  mutable Largest timeout_, cpu_timeout_;
  size_t waiting_bytes_ = 0;
  bool shut_ = false;
};

}  // namespace isolet
