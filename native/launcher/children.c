#define _GNU_SOURCE
#include "launcher/children.h"

#include <signal.h>
#include <stdlib.h>

struct Child {
  unsigned long long id;
  pid_t pid;
  struct Child* next;
};

static struct Child* children;

bool AddChild(unsigned long long id, pid_t pid) {
  struct Child* child = malloc(sizeof(*child));
  if (child == NULL) return false;
  *child = (struct Child){id, pid, children};
  children = child;
  return true;
}

pid_t FindChild(unsigned long long id) {
  for (struct Child* one = children; one != NULL; one = one->next) {
    if (one->id == id) return one->pid;
  }
  return 0;
}

bool RemoveChild(pid_t pid, unsigned long long* id) {
  for (struct Child** at = &children; *at != NULL; at = &(*at)->next) {
    struct Child* one = *at;
    if (one->pid != pid) continue;
    *id = one->id;
    *at = one->next;
    free(one);
    return true;
  }
  return false;
}

void KillChildren(void) {
  for (struct Child* one = children; one != NULL; one = one->next) kill(one->pid, SIGKILL);
}
