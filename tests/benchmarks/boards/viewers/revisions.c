/* Who has come to which revision, and whether all got the same. */

#include "swarm.h"

#include <stdio.h>
#include <string.h>

#define SLOTS (1 << 16) /* revisions that are looked after at the same time */

struct slot {
  int64_t base;
  uint64_t sum;
  size_t length;
  uint32_t reached;
  uint64_t last;
};

uint32_t readers;
int64_t newest = NONE;
uint64_t moment;
static int64_t oldest = NONE; /* that not all have come to */
static struct slot slots[SLOTS];

static struct slot *slot_of(int64_t revision) { return &slots[revision & (SLOTS - 1)]; }

/* Tells every revision that all readers have come to, once. */
void tell_complete(void) {
  for (; oldest <= newest && readers > 0 && slot_of(oldest)->reached == readers; oldest++)
    printf("all %lld %llu\n", (long long)oldest, (unsigned long long)slot_of(oldest)->last);
}

/* Looks after a revision from now on, and all before it. */
void note(int64_t revision) {
  if (newest == NONE) newest = revision, oldest = revision + 1;
  if (revision - oldest >= SLOTS) oldest = revision - SLOTS + 1;
  while (newest < revision) *slot_of(++newest) = (struct slot){.base = NONE};
}

/* A viewer who has everything up to `from` comes to `to`. Whoever is not in yet counts as soon as they are. */
void come(struct viewer *viewer, int64_t from, int64_t to) {
  note(to);
  for (int64_t revision = from < oldest ? oldest : from + 1; revision <= to && viewer->state == IN; revision++) {
    slot_of(revision)->reached++;
    slot_of(revision)->last = moment;
  }
  viewer->revision = to;
}

/* One more who reads, and may have come to a revision already. */
void come_in(struct viewer *viewer) {
  readers++;
  if (viewer->revision != NONE) come(viewer, NONE, viewer->revision);
}

/* One less. */
void go(const struct viewer *viewer) {
  readers--;
  for (int64_t revision = oldest; revision <= viewer->revision && revision <= newest; revision++) slot_of(revision)->reached--;
}

static uint64_t sum_of(const uint8_t *text, size_t length) {
  uint64_t sum = length, word;
  for (; length >= 8; text += 8, length -= 8) memcpy(&word, text, 8), sum = sum * 31 + word;
  for (; length; text++, length--) sum = sum * 31 + *text;
  return sum;
}

/* Whether this is byte for byte the frame that others got who came from the same base. */
bool is_the_same_for_all(int64_t base, int64_t revision, const uint8_t *text, size_t length) {
  struct slot *slot = slot_of(revision);
  uint64_t sum = sum_of(text, length);
  if (slot->base == NONE) slot->base = base, slot->length = length, slot->sum = sum;
  return slot->base != base || (slot->length == length && slot->sum == sum);
}
