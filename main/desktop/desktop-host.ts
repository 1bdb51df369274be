import { join } from 'node:path';
import type * as Electron from 'electron';
import type { GatewayState } from '../../broker/control/contract/gateway-state.ts';
import type { Logger } from '../../broker/observe/logger.ts';
import type { AppPaths } from './app-paths.ts';
import { applicationMenu } from './application-menu.ts';
import { controlClient, type ControlClient } from './control-client.ts';
import { openExternal, viewerOrigins } from './external-links.ts';
import type { DesktopChoices } from './desktop-choices.ts';
import { gatewayForkOptions } from './gateway/gateway-options.ts';
import type { GatewayStart } from './gateway/gateway-messages.ts';
import { GatewayProcess } from './gateway/gateway-process.ts';
import { answerQuestion } from './host-desk.ts';
import { loginItemOf, type LoginItem } from './login-item.ts';
import { Notices, type Notice } from './notices.ts';
import type { ActionStates, QuickActions } from './quick-actions.ts';
import { watchState } from './state-watch.ts';
import { TrayIcon, trayStatus } from './tray.ts';
import { checkForUpdate, isFeed, type Updater } from './updates.ts';
import { mendAfterSleep } from './wake-up.ts';
import { MainWindow } from './window/main-window.ts';
import { shownPage } from './window/shown-page.ts';

export interface DesktopHostOptions {
  readonly electron: typeof Electron;
  readonly paths: AppPaths;
  readonly choices: DesktopChoices;
  readonly logger: Logger;
  /** Of the control API: a fresh one for each start. */
  readonly token: string;
  readonly secretKey: string | undefined;
  /** The module that the gateway's process runs. */
  readonly gatewayModule: string;
  readonly interfaceDirectory: string;
  readonly iconDirectory: string;
  readonly loadUpdater: () => Promise<Updater>;
}

/** Notices are looked for again also where the gateway has nothing new to tell. */
const noticeEveryMs = 10_000;
const linkWithinMs = 5_000;
const updateEveryMs = 24 * 60 * 60_000;

/** The desktop host once Electron is ready: the gateway's process, and window, tray and menu that show it. */
export class DesktopHost {
  readonly #options: DesktopHostOptions;
  readonly #loginItem: LoginItem;
  readonly #gateway: GatewayProcess;
  readonly #window: MainWindow;
  readonly #tray: TrayIcon;
  readonly #notices = new Notices();
  readonly #ended = new AbortController();
  #client: ControlClient | undefined;
  #watch: AbortController | undefined;
  #state: GatewayState | undefined;

  constructor(options: DesktopHostOptions) {
    this.#options = options;
    const { electron, iconDirectory, choices } = options;
    const { app, BrowserWindow, dialog, powerMonitor, screen, shell } = electron;
    this.#loginItem = loginItemOf(app, process.platform, process.env);
    this.#gateway = new GatewayProcess({
      fork: () => electron.utilityProcess.fork(options.gatewayModule, [], gatewayForkOptions),
      start: () => this.#gatewayStart(),
      answer: (question) =>
        answerQuestion(question, {
          dialog,
          shell,
          loginItem: this.#loginItem,
          onAbilitiesChange: () => this.#gateway.tellAbilities(),
        }),
    });
    this.#window = new MainWindow({
      create: (windowOptions) => new BrowserWindow(windowOptions),
      workAreas: () => screen.getAllDisplays().map(({ workArea }) => workArea),
      iconPath: join(iconDirectory, 'icon.png'),
      keptPlace: () => choices.window,
      keepPlace: (place) => choices.keepWindow(place),
      mayLeave: () => this.#mayLeave(),
      onClosed: () => this.#tellOfBackground(),
    });
    this.#tray = new TrayIcon({ electron, iconDirectory, actions: this.#actions() });
    this.#gateway.onChange(() => this.#follow());
    mendAfterSleep({
      powerMonitor,
      client: () => this.#client,
      restartGateway: () => this.#gateway.restart(),
      log: (message) => options.logger.info(message),
    });
  }

  /** Origin of the user interface; undefined while there is none. */
  get origin(): string | undefined {
    const { condition } = this.#gateway;
    return condition.is === 'running' ? new URL(condition.url).origin : undefined;
  }

  start(): void {
    this.#gateway.start();
    setInterval(() => this.#tellNotices(), noticeEveryMs).unref();
    if (this.#options.choices.updates.automatic) {
      void this.#checkForUpdates();
      setInterval(() => void this.#checkForUpdates(), updateEveryMs).unref();
    }
  }

  openWindow(): void {
    this.#window.open();
  }

  /** Opens a link of the window in the browser, where it leads to this machine or to a viewer of the settings. */
  async openLink(url: string): Promise<void> {
    const client = this.#client;
    const signal = AbortSignal.timeout(linkWithinMs);
    const origins = client === undefined ? [] : await viewerOrigins(client, signal).catch(() => []);
    const opened = await openExternal(url, origins, this.#options.electron.shell);
    if (!opened)
      this.#options.logger.warn({ url }, 'A link of the window leads to a place that is not allowed.');
  }

  /** The person wants it started now rather than in a while. */
  startGateway(): void {
    this.#gateway.start();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    this.#watch?.abort();
    await this.#gateway.stop();
  }

  #gatewayStart(): GatewayStart {
    const { paths, token, secretKey, interfaceDirectory, choices } = this.#options;
    return {
      home: paths.home,
      token,
      secretKey,
      interfaceDirectory,
      // Nobody has to know the port of the user interface: any free one.
      defaults: { 'scp.cache_dir_path': paths.cache, 'log.file': paths.logFile, 'control.port': 0 },
      abilities: {
        kind: 'desktop',
        canChooseFolder: true,
        canOpenFolder: true,
        canStartAtLogin: true,
        startsAtLogin: this.#loginItem.isSet(),
        canCheckForUpdates: isFeed(choices.updates.feedUrl),
      },
    };
  }

  /** The gateway's process is in another condition: the window, the tray and the watch follow. */
  #follow(): void {
    const { condition } = this.#gateway;
    this.#watch?.abort();
    this.#client = undefined;
    this.#state = undefined;
    if (this.#ended.signal.aborted) return;
    if (condition.is === 'running') {
      const watch = new AbortController();
      this.#watch = watch;
      this.#client = controlClient(condition.url, this.#options.token);
      void watchState(
        {
          client: this.#client,
          onState: (state) => this.#learn(state),
          onBreak: (error) => this.#options.logger.warn({ err: error }, 'The state of the gateway was lost.'),
        },
        watch.signal,
      );
    } else if (condition.is === 'failed') {
      const { message, lastLines } = condition.fault;
      this.#options.logger.error({ reason: message, lastLines }, 'The gateway has stopped unexpectedly.');
      this.#notify({
        title: 'The gateway has stopped unexpectedly',
        body: `${message} It is started again.`,
      });
    }
    this.#window.show(shownPage(condition, this.#options.token));
    this.#showStates();
  }

  #learn(state: GatewayState): void {
    this.#state = state;
    this.#tellNotices();
    this.#showStates();
  }

  #showStates(): void {
    const { Menu } = this.#options.electron;
    const states: ActionStates = {
      dicomwebUrl: this.#state?.dicomweb?.url,
      startsAtLogin: this.#loginItem.isSet(),
      canCheckForUpdates: isFeed(this.#options.choices.updates.feedUrl),
    };
    if (!this.#tray.show(trayStatus(this.#gateway.condition, this.#state), states)) return;
    const template = applicationMenu(process.platform, this.#actions(), states);
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  #actions(): QuickActions {
    const { app, clipboard, shell } = this.#options.electron;
    return {
      open: () => this.#window.open(),
      copyDicomwebUrl: () => void clipboard.writeText(this.#state?.dicomweb?.url ?? ''),
      restartGateway: () => void this.#gateway.restart(),
      openLogFolder: () => void shell.openPath(this.#options.paths.logs),
      setStartAtLogin: (enabled) => {
        this.#loginItem.set(enabled);
        this.#gateway.tellAbilities();
        this.#showStates();
      },
      checkForUpdates: () => void this.#checkForUpdates(),
      quit: () => app.quit(),
    };
  }

  #tellNotices(): void {
    if (this.#state === undefined) return;
    for (const notice of this.#notices.of(this.#state, Date.now())) this.#notify(notice);
  }

  #tellOfBackground(): void {
    const { choices } = this.#options;
    if (choices.toldOfBackground || this.#ended.signal.aborted) return;
    choices.rememberTold();
    this.#notify({
      title: 'DCMRS Broker goes on in the background',
      body: 'Viewers still get their images. Open the window again from the tray icon; quit there to stop it.',
    });
  }

  #mayLeave(): boolean {
    const leave = this.#options.electron.dialog.showMessageBoxSync({
      type: 'question',
      message: 'There are changes that are not saved.',
      buttons: ['Stay', 'Leave without saving'],
      defaultId: 0,
      cancelId: 0,
    });
    return leave === 1;
  }

  #notify({ title, body }: Notice): void {
    const { Notification } = this.#options.electron;
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    notification.on('click', () => this.#window.open());
    notification.show();
  }

  async #checkForUpdates(): Promise<void> {
    const { choices, loadUpdater } = this.#options;
    this.#notify(await checkForUpdate(choices.updates.feedUrl, loadUpdater));
  }
}
