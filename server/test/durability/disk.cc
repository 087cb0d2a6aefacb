// A disk that has only what was waited for. Loaded before a process's libraries, it takes every fsync of a file below
// DISK_FOLDER for the moment at which what is in that file, or the names in that folder, come to the disk, and keeps
// them in DISK_KEPT: files/<inode> with what is in it, folders/<inode> with a line `<inode> <f or d> <name>` for each
// name. What nobody waited for is not in there: so it looks after a power failure at its worst.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>

namespace {

constexpr const char* kSettings[] = {"LD_PRELOAD", "DISK_FOLDER", "DISK_KEPT"};

// Read as the process starts: in a child that is about to be another program the environment is that one's already.
struct Settings {
  std::string values[3];
  Settings() {
    for (int i = 0; i < 3; i++) {
      const char* value = getenv(kSettings[i]);
      if (value != nullptr) values[i] = value;
    }
  }
  const std::string& folder() const { return values[1]; }
  const std::string& kept() const { return values[2]; }
};

const Settings settings;
std::mutex one_at_a_time;  // Guards what is below `kept`.

std::string PathOf(int fd) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = readlink(link.c_str(), path, sizeof path);
  return size < 0 ? "" : std::string(path, static_cast<size_t>(size));
}

std::string WhatIsIn(int fd, const std::string& path) {
  // One that is only written. Others are not opened again: to close a file lets go of all of the process's locks on it.
  if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) {
    const int readable = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const std::string text = readable < 0 ? "" : WhatIsIn(readable, path);
    close(readable);
    return text;
  }
  std::string text;
  char part[65536];
  for (off_t at = 0;;) {
    const ssize_t size = pread(fd, part, sizeof part, at);
    if (size <= 0) return text;
    text.append(part, static_cast<size_t>(size));
    at += size;
  }
}

std::string NamesIn(const std::string& path) {
  std::string lines;
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr) return lines;
  while (const dirent* entry = readdir(folder)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    lines += std::to_string(entry->d_ino) + (entry->d_type == DT_DIR ? " d " : " f ") + name + "\n";
  }
  closedir(folder);
  return lines;
}

// As a whole or not at all: the process may be killed here.
bool Keep(const std::string& name, const std::string& text) {
  const std::string kept = settings.kept() + "/" + name;
  const std::string growing = kept + "." + std::to_string(getpid());
  FILE* file = fopen(growing.c_str(), "w");
  if (file == nullptr) return false;
  const bool is_whole = fwrite(text.data(), 1, text.size(), file) == text.size();
  return fclose(file) == 0 && is_whole && rename(growing.c_str(), kept.c_str()) == 0;
}

int Sync(int fd) {
  const std::string& folder = settings.folder();
  const std::string path = PathOf(fd);
  struct stat found;
  if (folder.empty() || path.compare(0, folder.size(), folder) != 0 || fstat(fd, &found) != 0) return 0;
  const std::lock_guard<std::mutex> lock(one_at_a_time);
  const std::string inode = std::to_string(found.st_ino);
  const bool is_kept =
      S_ISDIR(found.st_mode) ? Keep("folders/" + inode, NamesIn(path)) : Keep("files/" + inode, WhatIsIn(fd, path));
  if (!is_kept) abort();
  return 0;
}

}  // namespace

extern "C" {

int fsync(int fd) { return Sync(fd); }
int fdatasync(int fd) { return Sync(fd); }

// The process of the SQL engine gets no environment of the server's, but has the same disk.
int execvp(const char* file, char* const arguments[]) {
  for (int i = 0; arguments[i] != nullptr; i++) {
    if (strstr(arguments[i], "sql-engine") == nullptr) continue;
    for (int name = 0; name < 3; name++) setenv(kSettings[name], settings.values[name].c_str(), 1);
  }
  using Exec = int (*)(const char*, char* const[]);
  return reinterpret_cast<Exec>(dlsym(RTLD_NEXT, "execvp"))(file, arguments);
}

}  // extern "C"
