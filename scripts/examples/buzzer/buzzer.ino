// A buzzer and a light on an ESP32 or Arduino for driver_monitor, over its USB port.
//
//   alerts:
//     serial: {enabled: true, port: /dev/serial/by-id/..., baud: 115200, mode: buzzer}
//
// 0 nothing fires, 1..4 the highest level that fires, F the monitor has stopped by a fault, E it was told to end.
// The digit comes with every heartbeat (1 s): after three without one the monitor is dead, which is told like a fault.
// The buzzer is a passive one, between its pin and ground; the light is the board's own.

const int BUZZER_PIN = 4;
const int LIGHT_PIN = 2;
const unsigned long SILENCE_MS = 3000;

// One turn of a signal: how long it sounds and is silent (ms), how often, and how high (Hz). 0 turns: without end.
struct Signal {
  unsigned int on_ms, off_ms, turns, hz;
};

const Signal QUIET = {0, 0, 0, 0};
const Signal OF_LEVEL[] = {
  QUIET,
  {150, 100, 1, 660},   // info: one
  {150, 100, 2, 990},   // warning: two
  {110, 40, 0, 1570},   // critical: fast, until it ends
  {80, 20, 0, 1660},    // unresponsive: faster
};
const Signal FAULT = {600, 300, 3, 780};

Signal now_playing = QUIET;
unsigned long began_ms = 0;
unsigned long heard_ms = 0;
char state = 'E';  // silence counts only once the monitor has spoken

void play(const Signal &signal) {
  now_playing = signal;
  began_ms = millis();
}

void become(char news) {
  // A lower level silences what a higher one began; an ended info or warning is heard out.
  if (news == 'F') {
    play(FAULT);
  } else if (news == 'E') {
    play(QUIET);
  } else if (news > state || state > '4') {
    play(OF_LEVEL[news - '0']);
  } else if (state >= '3' && news < state) {
    play(news >= '3' ? OF_LEVEL[news - '0'] : QUIET);
  }
  state = news;
}

void sound() {
  unsigned long turn_ms = now_playing.on_ms + now_playing.off_ms;
  unsigned long since_ms = millis() - began_ms;
  bool over = turn_ms == 0 || (now_playing.turns > 0 && since_ms >= turn_ms * now_playing.turns);
  if (!over && since_ms % turn_ms < now_playing.on_ms) {
    tone(BUZZER_PIN, now_playing.hz);
  } else {
    noTone(BUZZER_PIN);
  }
}

void setup() {
  pinMode(BUZZER_PIN, OUTPUT);
  pinMode(LIGHT_PIN, OUTPUT);
  Serial.begin(115200);
}

void loop() {
  while (Serial.available() > 0) {
    char heard = Serial.read();
    if ((heard >= '0' && heard <= '4') || heard == 'F' || heard == 'E') {
      heard_ms = millis();
      if (heard != state) {
        become(heard);
      }
    }
  }
  if (state <= '4' && millis() - heard_ms > SILENCE_MS) {
    become('F');
  }
  digitalWrite(LIGHT_PIN, (state > '0' && state <= '4') || state == 'F' ? HIGH : LOW);
  sound();
}
