#include "launcher/instructions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/report.h"

static const char kLayer[] = "instructions";

static unsigned long Number(const char* key, const char* text, unsigned long most) {
  char* end = NULL;
  errno = 0;
  unsigned long number = strtoul(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != 0 || errno != 0 || number > most) Fail(kLayer, key, EINVAL);
  return number;
}

static enum Want WantOf(const char* key, const char* text) {
  if (strcmp(text, "off") == 0) return kOff;
  if (strcmp(text, "auto") == 0) return kAuto;
  if (strcmp(text, "required") == 0) return kRequired;
  Fail(kLayer, key, EINVAL);
}

static const char* Absolute(const char* key, const char* path) {
  // No way up: the same text must mean the same file under another root.
  if (path[0] != '/' || strstr(path, "/../") != NULL || strlen(path) > 4000) Fail(kLayer, key, EINVAL);
  return path;
}

static int ResourceOf(const char* name, size_t length) {
  static const struct {
    const char* name;
    int resource;
  } known[] = {
      {"core", RLIMIT_CORE},       {"data", RLIMIT_DATA},
      {"fsize", RLIMIT_FSIZE},     {"nofile", RLIMIT_NOFILE},
      {"memlock", RLIMIT_MEMLOCK}, {"msgqueue", RLIMIT_MSGQUEUE},
      {"rtprio", RLIMIT_RTPRIO},   {"sigpending", RLIMIT_SIGPENDING},
      {"cpu", RLIMIT_CPU},
  };
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); ++i) {
    if (strlen(known[i].name) == length && strncmp(known[i].name, name, length) == 0) return known[i].resource;
  }
  Fail(kLayer, "limit", EINVAL);
}

static void AddLimit(struct Instructions* to, const char* text) {
  const char* colon = strchr(text, ':');
  if (colon == NULL || to->limit_count == kMostLimits) Fail(kLayer, "limit", EINVAL);
  struct Limit* limit = &to->limits[to->limit_count++];
  limit->resource = ResourceOf(text, (size_t)(colon - text));
  limit->most = Number("limit", colon + 1, ~0ul / 2);
}

static void AddGrant(struct Instructions* to, const char* key, const char* path, bool execute) {
  if (to->grant_count == kMostPaths) Fail(kLayer, key, E2BIG);
  struct Grant* grant = &to->grants[to->grant_count++];
  grant->path = Absolute(key, path);
  grant->execute = execute;
}

static void AddLink(struct Instructions* to, char* text) {
  char* colon = strchr(text, ':');
  if (colon == NULL || to->link_count == kMostPaths) Fail(kLayer, "link", EINVAL);
  *colon = 0;
  struct Link* link = &to->links[to->link_count++];
  link->name = Absolute("link", text);
  link->target = colon + 1;
}

static void AddVariable(struct Instructions* to, char* text) {
  const char* equals = strchr(text, '=');
  if (equals == NULL || equals == text || to->variable_count == kMostVariables) Fail(kLayer, "variable", EINVAL);
  to->variables[to->variable_count++] = text;
}

static void AddKept(struct Instructions* to, const char* text) {
  if (to->kept_count == kMostKept) Fail(kLayer, "keep", E2BIG);
  to->kept[to->kept_count++] = (int)Number("keep", text, 1023);
}

static bool Understand(struct Instructions* to, char* argument) {
  char* value = strchr(argument, '=');
  if (value == NULL) return false;
  *value++ = 0;
  if (strcmp(argument, "report") == 0) {
    to->report = (int)Number("report", value, 1023);
    ReportTo(to->report);
  } else if (strcmp(argument, "parent") == 0) {
    to->parent = (pid_t)Number("parent", value, 1 << 30);
  } else if (strcmp(argument, "namespaces") == 0) {
    to->namespaces = WantOf("namespaces", value);
  } else if (strcmp(argument, "landlock") == 0) {
    to->landlock = WantOf("landlock", value);
  } else if (strcmp(argument, "keep") == 0) {
    AddKept(to, value);
  } else if (strcmp(argument, "read") == 0) {
    AddGrant(to, "read", value, false);
  } else if (strcmp(argument, "execute") == 0) {
    AddGrant(to, "execute", value, true);
  } else if (strcmp(argument, "link") == 0) {
    AddLink(to, value);
  } else if (strcmp(argument, "variable") == 0) {
    AddVariable(to, value);
  } else if (strcmp(argument, "limit") == 0) {
    AddLimit(to, value);
  } else {
    return false;
  }
  return true;
}

void ReadInstructions(int count, char** arguments, struct Instructions* instructions) {
  memset(instructions, 0, sizeof(*instructions));
  instructions->report = -1;
  instructions->namespaces = kRequired;
  instructions->landlock = kRequired;
  int i = 1;
  for (; i < count && strcmp(arguments[i], "--") != 0; ++i) {
    if (!Understand(instructions, arguments[i])) Fail(kLayer, "unknown", EINVAL);
  }
  if (i + 1 >= count) Fail(kLayer, "program", EINVAL);
  if (instructions->report < 3) Fail(kLayer, "report", EINVAL);
  if (instructions->parent == 0) Fail(kLayer, "parent", EINVAL);
  instructions->program = arguments + i + 1;
  Absolute("program", instructions->program[0]);
}
