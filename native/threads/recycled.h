// Memory for small things that begin on one thread and end on another. The C library's own memory is slow for these:
// what the other thread frees goes back to where the first one is taking, and both wait for the same lock. Here a
// thread keeps what it frees, and threads exchange whole packs of it. Any thread.
//
// A sanitizer is to see each piece by itself: then this is plain new and delete.
#pragma once

#include <cstddef>
#include <mutex>
#include <new>
#include <utility>

#include "threads/lock_soon.h"

namespace isolet {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kRecycles = false;
#else
inline constexpr bool kRecycles = true;
#endif

// Sizes that are nearly the same share their pieces.
constexpr size_t RecycledSize(size_t size) { return (size + 15) / 16 * 16; }

// Pieces of `kSize` bytes.
template <size_t kSize>
class RecycledPieces {
 public:
  static void* Take() {
    Own& own = Mine();
    if (own.pack.count == 0) {
      own.pack = std::exchange(own.full, Pack{});
      if (own.pack.count == 0 && !Shared().TakePack(&own.pack)) return ::operator new(kSize);
    }
    Piece* piece = std::exchange(own.pack.first, own.pack.first->next);
    --own.pack.count;
    return piece;
  }

  static void Give(void* memory) {
    Own& own = Mine();
    // Two packs, so that a thread that takes and gives at the border of one does not exchange each time.
    if (own.pack.count == kPack) {
      if (own.full.count == kPack) Shared().GivePack(own.full);
      own.full = std::exchange(own.pack, Pack{});
    }
    own.pack.Add(memory);
  }

 private:
  static constexpr size_t kPack = 64;
  // More than these go back to the C library.
  static constexpr size_t kMostPacks = 64;

  struct Piece {
    Piece* next;
  };
  static_assert(kSize >= sizeof(Piece));

  struct Pack {
    void Add(void* memory) {
      first = new (memory) Piece{first};
      ++count;
    }
    void Free() {
      while (first != nullptr) ::operator delete(std::exchange(first, first->next));
      count = 0;
    }
    Piece* first = nullptr;
    size_t count = 0;
  };

  // What the threads exchange.
  struct Exchange {
    bool TakePack(Pack* pack) {
      std::unique_lock<std::mutex> lock = LockedSoon(mutex);
      if (count == 0) return false;
      *pack = packs[--count];
      return true;
    }
    void GivePack(Pack pack) {
      {
        std::unique_lock<std::mutex> lock = LockedSoon(mutex);
        if (count < kMostPacks) {
          packs[count++] = pack;
          return;
        }
      }
      pack.Free();
    }
    std::mutex mutex;  // guards the rest; leaf lock
    Pack packs[kMostPacks];
    size_t count = 0;
  };

  // What one thread has.
  struct Own {
    Own() = default;
    ~Own() {
      pack.Free();
      full.Free();
    }
    Own(const Own&) = delete;
    Own& operator=(const Own&) = delete;
    Pack pack;
    Pack full;
  };

  static Own& Mine() {
    thread_local Own own;
    return own;
  }
  // Never destroyed: threads may outlive the end of main.
  static Exchange& Shared() {
    static auto* shared = new Exchange();
    return *shared;
  }
};

// A class whose objects live in such memory: `class A final : public Recycled<A>`.
template <typename T>
class Recycled {
 public:
  static void* operator new(size_t size) {
    if (!kRecycles) return ::operator new(size);
    return RecycledPieces<RecycledSize(sizeof(T))>::Take();
  }
  static void operator delete(void* memory) {
    if (!kRecycles) return ::operator delete(memory);
    RecycledPieces<RecycledSize(sizeof(T))>::Give(memory);
  }
};

// For what the standard library allocates one by one: what is shared, the entries of a map.
template <typename T>
struct RecyclingAllocator {
  using value_type = T;
  RecyclingAllocator() = default;
  template <typename Other>
  RecyclingAllocator(const RecyclingAllocator<Other>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(size_t count) {
    if (!kRecycles || count != 1) return static_cast<T*>(::operator new(count * sizeof(T)));
    return static_cast<T*>(RecycledPieces<RecycledSize(sizeof(T))>::Take());
  }
  void deallocate(T* memory, size_t count) {
    if (!kRecycles || count != 1) return ::operator delete(memory);
    RecycledPieces<RecycledSize(sizeof(T))>::Give(memory);
  }
  template <typename Other>
  bool operator==(const RecyclingAllocator<Other>&) const {
    return true;
  }
};

}  // namespace isolet
