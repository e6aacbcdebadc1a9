/** Which file an import means. */
import { describe, expect, it } from "vitest";
import { createResolver } from "../../server/analysis/names/modules.js";

describe("imports of a folder that lies on the path", () => {
  const one = createResolver([
    "/w/clinic/setup.py",
    "/w/clinic/web/main.py",
    "/w/clinic/web/routes/tasks.py",
    "/w/clinic/shared/agents/crew.py",
    "/w/clinic/shared/store/__init__.py",
    "/w/clinic/old/store/models.py",
    "/w/clinic/new/store/models.py",
    "/w/clinic/settings.py",
  ]);
  const two = createResolver(["/w/shop/main.py", "/w/clinic/agents/crew.py"]);

  it("finds the one file of the name in the project", () => {
    expect(one.resolve("/w/clinic/web/routes/tasks.py", "agents.crew", 0)).toBe("/w/clinic/shared/agents/crew.py");
    expect(one.resolve("/w/clinic/web/main.py", "shared.store", 0)).toBe("/w/clinic/shared/store/__init__.py");
  });

  it("leaves open which of two files is meant", () => {
    expect(one.resolve("/w/clinic/web/main.py", "store.models", 0)).toBeUndefined();
    expect(one.resolve("/w/clinic/new/main.py", "store.models", 0)).toBe("/w/clinic/new/store/models.py");
  });

  it("takes a name of one part for a library", () => {
    expect(one.resolve("/w/clinic/web/main.py", "crew", 0)).toBeUndefined();
    expect(one.resolve("/w/clinic/web/main.py", "settings", 0)).toBe("/w/clinic/settings.py");
  });

  it("does not look into the project next door", () => {
    expect(two.resolve("/w/shop/main.py", "agents.crew", 0)).toBeUndefined();
  });
});

describe("imports inside a package", () => {
  const site = createResolver([
    "/w/site/helper.py",
    "/w/site/app/__init__.py",
    "/w/site/app/settings.py",
    "/w/site/app/main/__init__.py",
    "/w/site/app/main/helper.py",
    "/w/site/app/main/forms.py",
    "/w/site/app/main/routes.py",
    "/w/site/scripts/helper.py",
    "/w/site/scripts/load.py",
  ]);
  const routes = "/w/site/app/main/routes.py";

  it("takes the module that the app is started beside for the one of the same name next to the file", () => {
    expect(site.resolve(routes, "helper", 0)).toBe("/w/site/helper.py");
    expect(site.resolve(routes, "helper", 1)).toBe("/w/site/app/main/helper.py");
  });

  it("looks beside the file where nothing else has the name", () => {
    expect(site.resolve(routes, "forms", 0)).toBe("/w/site/app/main/forms.py");
  });

  it("looks in the outermost folder of the package, where an app may be started too", () => {
    expect(site.resolve(routes, "settings", 0)).toBe("/w/site/app/settings.py");
  });

  it("looks beside the file first where the folder is no inner one of a package", () => {
    expect(site.resolve("/w/site/scripts/load.py", "helper", 0)).toBe("/w/site/scripts/helper.py");
    expect(site.resolve("/w/site/app/settings.py", "helper", 0)).toBe("/w/site/helper.py");
  });
});

describe("libraries beside folders of the same name", () => {
  const files = ["/w/app/__init__.py", "/w/app/agents/__init__.py", "/w/app/agents/desk.py", "/w/agents.py"];
  const isLibrary = (name: string) => name === "agents";

  it("are meant inside a package", () => {
    const resolver = createResolver(files.slice(0, 3), isLibrary);
    expect(resolver.resolve("/w/app/agents/desk.py", "agents", 0)).toBeUndefined();
    expect(resolver.resolve("/w/app/agents/crew.py", "agents.desk", 0)).toBe("/w/app/agents/desk.py");
    expect(resolver.resolve("/w/app/agents/desk.py", "app.agents", 0)).toBe("/w/app/agents/__init__.py");
    expect(resolver.resolve("/w/app/agents/desk.py", "", 1)).toBe("/w/app/agents/__init__.py");
  });

  it("are not where the project has a module on its path", () => {
    expect(createResolver(files, isLibrary).resolve("/w/app/agents/desk.py", "agents", 0)).toBe("/w/agents.py");
    const scripts = createResolver(["/w/agents/__init__.py", "/w/main.py"], isLibrary);
    expect(scripts.resolve("/w/main.py", "agents", 0)).toBe("/w/agents/__init__.py");
    expect(createResolver(files.slice(0, 3)).resolve("/w/app/agents/desk.py", "agents", 0)).toBe(
      "/w/app/agents/__init__.py",
    );
  });
});

describe("a file with the name of a library", () => {
  const files = ["/w/app/openai.py", "/w/app/titles.py", "/w/app/main.py"];
  it.each([
    ["the file itself", ["openai.py", "titles.py"]],
    ["a neighbour", ["titles.py", "openai.py"]],
  ])("means the same whoever asks first: %s", (_, order) => {
    const resolver = createResolver(files);
    const meant = new Map(order.map((name) => [name, resolver.resolve(`/w/app/${name}`, "openai", 0)]));
    expect(meant.get("openai.py")).toBeUndefined();
    expect(meant.get("titles.py")).toBe("/w/app/openai.py");
  });
});
