// Starts `duixian lsp` and hands Markdown files to it. All that the editor shows is the server's.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const settings = vscode.workspace.getConfiguration("duixian");
  const lang = settings.get("lang");
  client = new LanguageClient(
    "duixian",
    "兑现 Duixian",
    { command: settings.get("path"), args: ["lsp"] },
    {
      documentSelector: [
        { scheme: "file", language: "markdown" },
        { scheme: "file", pattern: "**/official.txt" },
      ],
      initializationOptions: { lang: lang === "auto" ? vscode.env.language : lang },
    },
  );
  try {
    await client.start();
  } catch {
    const zh = vscode.env.language.startsWith("zh");
    vscode.window.showErrorMessage(
      zh ? "没有找到 duixian 程序：请在设置 duixian.path 里写明它的位置。" : "The program duixian was not found: set duixian.path to where it is.",
    );
  }
};

exports.deactivate = () => client?.stop();
