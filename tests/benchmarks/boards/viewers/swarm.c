/* Viewers of a board by the thousand: they connect, read every frame and check what it says.

   swarm HOST PORT PATH STATE HELLO

   STATE is where a viewer who missed something fetches the state, as a browser does; "-" where there is none. HELLO is what a viewer
   says first and hears back before it counts as connected (socket.io wants that); "-" where a viewer says nothing.
   Orders come in on stdin, one a line, and are answered on stdout:

     open N SINCE   N more viewers; SINCE is the revision they claim to have, -1 for none   -> opened OPEN FAILED
     stall N        N more who read nothing after their handshake                           -> opened OPEN FAILED
     drop N         the N who came last reset their connections                             -> dropped N
     stats          what has been seen so far                                               -> stats {...}

   Whenever every reading viewer has come to a revision it says "all REVISION NANOSECONDS", by the monotonic clock. It never sleeps
   in the kernel while frames come: woken viewers would be paid for by the server's own writes. */

#include "swarm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

#define MOST_VIEWERS 65536
#define AT_ONCE 128        /* handshakes under way at the same time */
#define SOURCES 16         /* 127.0.0.2 and on: each has ports of its own */
#define BUFFER (1 << 20)   /* what is read at once */
#define NAP_NS 300000
#define QUIET_NS 50000000  /* without a frame for so long it does sleep in the kernel */
#define STALLED_BYTES 4096 /* the receive buffer of a viewer who never reads */
#define ORDERS UINT32_MAX
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

struct seen seen;
struct sockaddr_in server;
const char *state_path, *hello;

static struct viewer viewers[MOST_VIEWERS];
static uint8_t buffer[BUFFER];
static uint32_t seats, stalled, under_way;
static uint32_t wanted, opened, failed; /* of the order at hand */
static bool opens_stalled;
static int64_t since;
static const char *path;
static char request[1024];
static int epoll;

void die(const char *what) {
  fprintf(stderr, "swarm: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Connections ---------------------------------------------------------------------------------------------------------- */

void arrive(struct viewer *viewer) {
  viewer->state = IN;
  under_way--;
  opened++;
  if (viewer->is_stalled) {
    stalled++;
    struct epoll_event nothing = {.events = 0, .data.u32 = (uint32_t)(viewer - viewers)};
    epoll_ctl(epoll, EPOLL_CTL_MOD, viewer->fd, &nothing);
  } else {
    come_in(viewer);
  }
}

static void keep(struct viewer *viewer, const uint8_t *text, size_t length) {
  if (length > viewer->held || !length) {
    free(viewer->tail);
    viewer->tail = length ? malloc(length) : NULL;
  }
  if (length) memcpy(viewer->tail, text, length);
  viewer->held = (uint32_t)length;
}

static void receive(struct viewer *viewer) {
  if (viewer->held) memcpy(buffer, viewer->tail, viewer->held);
  ssize_t count = read(viewer->fd, buffer + viewer->held, BUFFER - viewer->held);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) return leave(viewer, &seen.closed);
  size_t have = viewer->held + (size_t)count, used = 0, length;
  if (viewer->state == SHAKING) used = take_answer(viewer, buffer, have);
  while (viewer->state >= GREETING && (length = take_frame(viewer, buffer + used, have - used))) used += length;
  if (viewer->state != GONE) keep(viewer, buffer + used, have - used);
}

static void shake_hands(struct viewer *viewer) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(viewer->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error || write(viewer->fd, request, strlen(request)) != (ssize_t)strlen(request)) return leave(viewer, &seen.closed);
  viewer->state = SHAKING;
  struct epoll_event readable = {.events = EPOLLIN, .data.u32 = (uint32_t)(viewer - viewers)};
  epoll_ctl(epoll, EPOLL_CTL_MOD, viewer->fd, &readable);
}

static void attach(struct viewer *viewer) {
  static uint32_t place;
  int yes = 1, bytes = STALLED_BYTES;
  struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + place++ % SOURCES)};
  *viewer = (struct viewer){.state = CONNECTING, .is_stalled = opens_stalled, .revision = since};
  viewer->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (viewer->fd < 0) die("cannot open a socket");
  setsockopt(viewer->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  setsockopt(viewer->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (opens_stalled) setsockopt(viewer->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  if (bind(viewer->fd, (struct sockaddr *)&source, sizeof source) < 0) die("cannot bind");
  struct epoll_event writable = {.events = EPOLLOUT, .data.u32 = (uint32_t)(viewer - viewers)};
  epoll_ctl(epoll, EPOLL_CTL_ADD, viewer->fd, &writable);
  under_way++;
  if (connect(viewer->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) leave(viewer, &seen.closed);
}

void leave(struct viewer *viewer, unsigned long long *count) {
  if (viewer->state == GONE) return;
  if (viewer->state != IN) {
    under_way--;
    failed++;
  } else if (viewer->is_stalled) {
    stalled--;
    count = &seen.let_go;
  } else {
    go(viewer);
  }
  if (count) (*count)++;
  close(viewer->fd);
  free(viewer->tail);
  *viewer = (struct viewer){.state = GONE, .fd = -1, .revision = NONE};
}

/* Orders --------------------------------------------------------------------------------------------------------------- */

static void open_some(void) {
  while (wanted && under_way < AT_ONCE) {
    if (seats == MOST_VIEWERS) errno = ENOBUFS, die("too many viewers");
    wanted--;
    attach(&viewers[seats++]);
  }
}

static void drop(uint32_t count) {
  struct linger at_once = {.l_onoff = 1};
  uint32_t dropped = 0;
  for (; dropped < count && seats; dropped++) {
    struct viewer *viewer = &viewers[--seats];
    if (viewer->state != GONE) setsockopt(viewer->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    leave(viewer, NULL);
  }
  printf("dropped %u\n", dropped);
}

static void tell(void) {
  uint32_t behind = 0;
  for (uint32_t seat = 0; seat < seats; seat++)
    behind += viewers[seat].state == IN && !viewers[seat].is_stalled && viewers[seat].revision < newest;
  printf("stats {\"readers\":%u,\"stalled\":%u,\"newest\":%lld,\"behind\":%u,\"frames\":%llu,\"bytes\":%llu,\"lost\":%llu,"
         "\"doubled\":%llu,\"gaps\":%llu,\"healed\":%llu,\"garbled\":%llu,\"closed\":%llu,\"let_go\":%llu}\n",
         readers, stalled, (long long)newest, behind, seen.frames, seen.bytes, seen.lost, seen.doubled, seen.gaps, seen.healed,
         seen.garbled, seen.closed, seen.let_go);
}

static void obey(char *order) {
  long long count = 0;
  char word[16] = "";
  since = NONE;
  if (sscanf(order, "%15s %lld %lld", word, &count, (long long *)&since) < 1) return;
  if (!strcmp(word, "open") || !strcmp(word, "stall")) {
    wanted = (uint32_t)count;
    opened = failed = 0;
    opens_stalled = !strcmp(word, "stall");
    char query[32] = "";
    if (since != NONE) snprintf(query, sizeof query, "?since=%lld", (long long)since);
    snprintf(request, sizeof request,
             "GET %s%s HTTP/1.1\r\nhost: swarm\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-key: %s\r\n"
             "sec-websocket-version: 13\r\n\r\n", path, query, KEY);
  } else if (!strcmp(word, "drop")) {
    drop((uint32_t)count);
  } else if (!strcmp(word, "stats")) {
    tell();
  }
}

static void hear_orders(void) {
  static char text[4096];
  static size_t have;
  ssize_t count = read(0, text + have, sizeof text - 1 - have);
  if (count <= 0) exit(0);
  text[have += (size_t)count] = 0;
  char *line = text, *end;
  for (; (end = strchr(line, '\n')); line = end + 1) *end = 0, obey(line);
  have -= (size_t)(line - text);
  memmove(text, line, have);
}

/* Events --------------------------------------------------------------------------------------------------------------- */

static void handle(struct viewer *viewer, uint32_t events) {
  if (viewer->state == CONNECTING) shake_hands(viewer);
  else if (viewer->is_stalled && viewer->state == IN) leave(viewer, &seen.let_go);
  else if (viewer->state != GONE && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) receive(viewer);
}

int main(int count, char **words) {
  if (count != 6) return fprintf(stderr, "swarm HOST PORT PATH STATE HELLO\n"), 2;
  server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[2]))};
  inet_pton(AF_INET, words[1], &server.sin_addr);
  path = words[3];
  state_path = strcmp(words[4], "-") ? words[4] : NULL;
  hello = strcmp(words[5], "-") ? words[5] : NULL;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  static struct epoll_event events[1024];
  epoll = epoll_create1(0);
  struct epoll_event orders = {.events = EPOLLIN, .data.u32 = ORDERS};
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &orders) < 0) die("cannot wait for orders");
  bool is_opening = false;
  for (uint64_t heard = now();;) {
    int ready = epoll_wait(epoll, events, 1024, now() - heard > QUIET_NS ? -1 : 0);
    bool has_orders = false;
    moment = now();
    for (int place = 0; place < ready; place++) {
      if (events[place].data.u32 == ORDERS) has_orders = true;
      else handle(&viewers[events[place].data.u32], events[place].events);
    }
    /* After the batch: an order may give the seat of a viewer who is in it to another. */
    if (has_orders) hear_orders();
    open_some();
    is_opening |= wanted || under_way;
    if (is_opening && !wanted && !under_way) {
      is_opening = false;
      printf("opened %u %u\n", opened, failed);
    }
    tell_complete();
    fflush(stdout);
    if (ready > 0) heard = moment;
    else nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
  }
}
