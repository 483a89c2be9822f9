// The public API of each library is what its etc/<name>.api.md says. `--update` writes the reports.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { readOptions } from "./script-options.ts";
import { listPackages, report, root, type WorkspacePackage } from "./workspace.ts";

const options = { update: { type: "boolean", default: false } } as const;
const usage = { command: "npm run api:update", text: "" };
const isUpdate = readOptions(usage, { options }).values.update;

function configure(member: WorkspacePackage, name: string): ExtractorConfig {
  const silent = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false };
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: member.folder,
      mainEntryPointFilePath: join(member.folder, "dist/index.d.ts"),
      newlineKind: "lf",
      compiler: { tsconfigFilePath: join(member.folder, "tsconfig.json") },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(member.folder, "etc"),
        reportTempFolder: join(root, "temp/api"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
          "ae-missing-release-tag": silent,
          // Their line numbers would make the report drift with every comment.
          "ae-undocumented": silent,
        },
        tsdocMessageReporting: { default: silent },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(member.folder, "package.json"),
  });
}

function checkLibrary(member: WorkspacePackage): string[] {
  const name = basename(member.folder);
  const reportFile = join(member.folder, "etc", `${name}.api.md`);
  if (!existsSync(join(member.folder, "dist/index.d.ts"))) {
    return [`${member.name} is not built: run \`npm run build\``];
  }
  mkdirSync(join(member.folder, "etc"), { recursive: true });
  mkdirSync(join(root, "temp/api"), { recursive: true });
  const messages: string[] = [];
  const result = Extractor.invoke(configure(member, name), {
    localBuild: isUpdate,
    messageCallback: (message) => {
      if (message.logLevel === ExtractorLogLevel.Error) messages.push(message.text);
      message.handled = true;
    },
  });
  if (messages.length > 0) return messages.map((text) => `${member.name}: ${text}`);
  if (isUpdate) return [];
  if (!existsSync(reportFile)) return [`${reportFile} is missing: run \`npm run api:update\``];
  const written = readFileSync(join(root, "temp/api", `${name}.api.md`), "utf8");
  if (!result.apiReportChanged && readFileSync(reportFile, "utf8") === written) return [];
  return [`the API of ${member.name} differs from etc/${name}.api.md: run \`npm run api:update\``];
}

const libraries = listPackages().filter((member) => member.isLibrary && member.isPublic);
report("api", libraries.flatMap(checkLibrary), `${libraries.length} reports`);
