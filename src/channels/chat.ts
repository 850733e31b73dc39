// Chat by a Slack-compatible incoming webhook: Slack, Mattermost, Rocket.Chat, Zulip, Discord (/slack).
import type { Channel } from './channel.ts';
import { type HttpChannelOptions, sendHttp } from './http.ts';
import { chatMessage } from './templates/chat.ts';

export function createChatChannel(options: HttpChannelOptions): Channel {
  return {
    send: ({ message, reader }) =>
      sendHttp(options, {
        body: JSON.stringify(chatMessage(message, reader)),
        headers: { 'content-type': 'application/json; charset=utf-8' },
      }),
    close: () => undefined,
  };
}
