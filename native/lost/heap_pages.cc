#include "lost/heap_pages.h"

#if defined(__linux__)

#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace isolet {
namespace {

// V8's regular page and the alignment of every page, on all 64-bit systems.
constexpr uintptr_t kPage = 256 * 1024;
// What stays of a large page: more than any header with its mark bits and the start of the object.
constexpr uintptr_t kKept = 64 * 1024;
constexpr uintptr_t kSystemPage = 4096;
// More than an isolate takes; the heap is a part of it.
constexpr uintptr_t kIsolateSize = 256 * 1024;
constexpr size_t kPagesToLearnFrom = 6;

using Header = std::array<uintptr_t, 16>;
using Details = std::array<uintptr_t, 48>;

// A word of the header, or of what a word of the header points to.
struct Place {
  int at = 0;
  int behind = -1;  // index in Details
  bool operator==(const Place&) const = default;
};

// A place that holds an address inside the isolate, always the same one.
struct Sign {
  Place place;
  uintptr_t offset = 0;
  bool operator==(const Sign&) const = default;
};

struct Layout {
  std::vector<Sign> signs;   // of the isolate
  std::vector<Place> sizes;  // hold the page's size
  size_t seen = 0;           // pages
};

std::mutex layout_mutex;  // guards layout; leaf lock
Layout layout;
std::atomic<bool> learned{false};

// False where nothing is mapped: another thread may unmap what the list of mappings still has.
template <typename Words>
bool Read(uintptr_t address, Words* words) {
  iovec to{words->data(), sizeof(Words)};
  iovec from{reinterpret_cast<void*>(address), sizeof(Words)};
  return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == static_cast<ssize_t>(sizeof(Words));
}

// One page, as far as its places are concerned.
class PageView {
 public:
  explicit PageView(uintptr_t page) : valid_(Read(page, &header_)) {}

  bool valid() const { return valid_; }
  const Header& header() const { return header_; }

  const Details* Behind(int at) {
    if (details_of_ != at) {
      details_of_ = at;
      uintptr_t address = header_[at];
      details_valid_ = address != 0 && address % sizeof(uintptr_t) == 0 && Read(address, &details_);
    }
    return details_valid_ ? &details_ : nullptr;
  }

  std::optional<uintptr_t> At(const Place& place) {
    if (place.behind < 0) return header_[place.at];
    const Details* details = Behind(place.at);
    if (details == nullptr) return std::nullopt;
    return (*details)[place.behind];
  }

 private:
  Header header_{};
  const bool valid_;
  Details details_{};
  int details_of_ = -1;
  bool details_valid_ = false;
};

void Look(const Place& place, uintptr_t word, uintptr_t isolate, Layout* found) {
  if (word >= isolate && word < isolate + kIsolateSize) found->signs.push_back({place, word - isolate});
  if (word == kPage) found->sizes.push_back(place);
}

Layout Study(uintptr_t page, uintptr_t isolate) {
  Layout found;
  PageView view(page);
  if (!view.valid()) return found;
  for (int at = 0; at < static_cast<int>(view.header().size()); ++at) {
    Look({at, -1}, view.header()[at], isolate, &found);
    const Details* details = view.Behind(at);
    for (int behind = 0; details != nullptr && behind < static_cast<int>(details->size()); ++behind) {
      Look({at, behind}, (*details)[behind], isolate, &found);
    }
  }
  return found;
}

template <typename T>
void KeepCommon(std::vector<T>* known, const std::vector<T>& found) {
  std::erase_if(*known, [&](const T& one) { return std::find(found.begin(), found.end(), one) == found.end(); });
}

// The size of a large page of this isolate, 0 if it is none.
uintptr_t LargePageOf(uintptr_t isolate, uintptr_t page, const Layout& known) {
  PageView view(page);
  if (!view.valid()) return 0;
  for (const Sign& sign : known.signs) {
    if (view.At(sign.place) != isolate + sign.offset) return 0;
  }
  uintptr_t size = UINTPTR_MAX;
  for (const Place& place : known.sizes) size = std::min(size, view.At(place).value_or(0));
  return size > kPage && size % kSystemPage == 0 ? size : 0;
}

struct Mapping {
  uintptr_t from;
  uintptr_t to;
};

// More than this nobody can have in use: whoever mapped it has reserved it (a sanitizer: many terabytes), and looking
// through it page by page would take minutes, in which no other lost guest is dealt with.
uintptr_t MachineMemory() {
  const int64_t pages = sysconf(_SC_PHYS_PAGES);
  return pages > 0 ? static_cast<uintptr_t>(pages) * kSystemPage : UINTPTR_MAX;
}

// Private memory without a file that may be written and not executed.
std::vector<Mapping> PlainMappings() {
  std::vector<Mapping> mappings;
  const uintptr_t most = MachineMemory();
  FILE* file = std::fopen("/proc/self/maps", "re");
  if (file == nullptr) return mappings;
  char line[512];
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    uintptr_t from = 0;
    uintptr_t to = 0;
    uint64_t inode = 0;
    char rights[5] = {};
    if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %" SCNu64, &from, &to, rights, &inode) != 4) continue;
    if (inode != 0 || std::string_view(rights) != "rw-p") continue;
    if (to - from > kPage && to - from <= most) mappings.push_back({from, to});
  }
  std::fclose(file);
  return mappings;
}

}  // namespace

void HeapPages::Learn(v8::Isolate* isolate, v8::Local<v8::Data> old_object, v8::Local<v8::Data> young_object) {
  if (learned.load(std::memory_order_acquire)) return;
  std::lock_guard<std::mutex> lock(layout_mutex);
  for (v8::Local<v8::Data> object : {old_object, young_object}) {
    Layout found = Study(AddressOf(object) / kPage * kPage, reinterpret_cast<uintptr_t>(isolate));
    if (layout.seen == 0) {
      layout = std::move(found);
    } else {
      KeepCommon(&layout.signs, found.signs);
      KeepCommon(&layout.sizes, found.sizes);
    }
    ++layout.seen;
  }
  if (layout.seen >= kPagesToLearnFrom) learned.store(true, std::memory_order_release);
}

size_t HeapPages::GiveBack(v8::Isolate* isolate) {
  Layout known;
  {
    std::lock_guard<std::mutex> lock(layout_mutex);
    known = layout;
  }
  if (known.signs.empty() || known.sizes.empty()) return 0;
  size_t given = 0;
  for (const Mapping& mapping : PlainMappings()) {
    uintptr_t page = (mapping.from + kPage - 1) / kPage * kPage;
    while (page < mapping.to && mapping.to - page > kPage) {
      uintptr_t size = LargePageOf(reinterpret_cast<uintptr_t>(isolate), page, known);
      if (size > mapping.to - page) size = 0;
      if (size > kKept && madvise(reinterpret_cast<void*>(page + kKept), size - kKept, MADV_DONTNEED) == 0) {
        given += size - kKept;
      }
      page += std::max(size / kPage * kPage, kPage);
    }
  }
  return given;
}

}  // namespace isolet

#else

namespace isolet {

void HeapPages::Learn(v8::Isolate*, v8::Local<v8::Data>, v8::Local<v8::Data>) {}

size_t HeapPages::GiveBack(v8::Isolate*) { return 0; }

}  // namespace isolet

#endif
