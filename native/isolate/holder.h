// Owns one v8::Isolate: makes it from V8's default blob (or a startup snapshot) with its memory limits, known to the
// platform, and disposes it in the order the V8 version wants. It owns neither a context nor a thread.
//
// Create and destroy on any thread; at destruction nobody may hold the isolate's lock and all handles must be gone.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "calls/guest_options.h"
#include "isolate/platform.h"
#include "memory_use/array_buffer_allocator.h"
#include "v8/v8.h"

namespace isolet {

class IsolateHolder {
 public:
  enum class Purpose : uint8_t { kRun, kStock, kMakeSnapshot };

  IsolateHolder(std::shared_ptr<IsolatePlatform> platform, const IsolateRecipe& recipe,
                std::shared_ptr<v8::TaskRunner> foreground, Purpose purpose = Purpose::kRun);
  ~IsolateHolder();
  IsolateHolder(const IsolateHolder&) = delete;
  IsolateHolder& operator=(const IsolateHolder&) = delete;

  v8::Isolate* isolate() const { return isolate_; }
  // With kMakeSnapshot; such a holder lives and dies on one thread.
  v8::SnapshotCreator* snapshot_creator() const { return creator_.get(); }
  const std::shared_ptr<ArrayBufferAllocator>& shared_allocator() const { return allocator_; }

  // Made for the stock, it counts there while it is ready for somebody, then among the live ones or nowhere.
  void EnterStock();
  void LeaveStock(bool taken);

  // Process-wide numbers of isolates that exist.
  static size_t made_count();  // ever
  static size_t live_count();
  static size_t stocked_count();

 private:
  void CountIn(std::atomic<size_t>* count);

  const std::shared_ptr<IsolatePlatform> platform_;
  // The snapshot must outlive the isolate.
  const std::shared_ptr<const std::vector<char>> snapshot_;
  v8::StartupData blob_{nullptr, 0};
  const std::shared_ptr<ArrayBufferAllocator> allocator_;
  v8::Isolate* isolate_ = nullptr;
  std::unique_ptr<v8::SnapshotCreator> creator_;
  std::atomic<size_t>* counted_in_ = nullptr;  // one of the process-wide numbers
};

}  // namespace isolet
