#include "snapshot/store.h"

#include <map>
#include <tuple>
#include <utility>

#include "snapshot/header.h"
#include "snapshot/restore_check.h"

namespace isolet {
namespace {

using Key = std::tuple<uint64_t, uint64_t, uint64_t>;

struct Shelf {
  std::mutex mutex;  // guards `snapshots`; leaf lock
  std::map<Key, std::weak_ptr<StoredSnapshot>> snapshots;
};

// Never destroyed: engine threads may outlive main().
Shelf& TheShelf() {
  static auto* shelf = new Shelf;
  return *shelf;
}

}  // namespace

void StoredSnapshot::NoteProven() {
  std::call_once(proven_, [] {});
}

std::string StoredSnapshot::Prove(const std::shared_ptr<IsolatePlatform>& platform) {
  std::call_once(proven_, [&] {
    uint64_t heap_bytes = 0;
    verdict_ = CheckRestore(platform, payload_, &heap_bytes);
  });
  return verdict_;
}

std::variant<std::shared_ptr<StoredSnapshot>, std::string> StoreSnapshot(const char* bytes, size_t length) {
  SnapshotHeader header;
  std::string unfit = ReadSnapshotHeader(bytes, length, &header);
  if (!unfit.empty()) return unfit;
  Shelf& shelf = TheShelf();
  std::lock_guard<std::mutex> lock(shelf.mutex);
  std::erase_if(shelf.snapshots, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<StoredSnapshot>& place =
      shelf.snapshots[Key(header.checksum[0], header.checksum[1], header.payload_bytes)];
  std::shared_ptr<StoredSnapshot> stored = place.lock();
  if (!stored) {
    stored =
        std::make_shared<StoredSnapshot>(std::vector<char>(bytes + sizeof(header), bytes + length), header.heap_bytes,
                                         SnapshotAbilities{header.max_timers, header.streams != 0, header.web != 0});
    place = stored;
  }
  return stored;
}

}  // namespace isolet
