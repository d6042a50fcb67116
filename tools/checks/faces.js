/*
 * Faces of photos, looked for again in their comics; run by tools/checks/faces.
 *
 * Pictures are brought to 1600 px on the longer side and looked at whole and in tiles, as the
 * detector sees 512 px. A photo's faces are those found with a score over .6. One is found again
 * when the comic has a face of score over .3 that overlaps it (intersection over union over .3).
 * The distance is that of the recognition network's descriptors, photo to comic, for faces found
 * again and at least 32 px wide in a copy of 960 px; below .6 they are taken for the same person.
 * What was found in a photo is kept beside the packages, by the photo's content.
 */
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const LONG_PX = 1600;
const TILE_PX = 700;
const SCORE_PHOTO = 0.6;
const SCORE_COMIC = 0.3;
const WIDTHS = [0, 24, 40, 64, 128, Infinity]; // px of a copy of 960
const WIDTH_DESCRIBED = 32;
const SAME_PERSON = 0.6;

function fail(text) {
  console.error(`faces: ${text}`);
  process.exit(2);
}

async function loadNetworks(modules) {
  const log = console.log;
  console.log = () => {}; // the packages greet on stdout
  const tf = require('@tensorflow/tfjs');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  const api = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  wasm.setWasmPaths(`${modules}/node_modules/@tensorflow/tfjs-backend-wasm/dist/`);
  await tf.setBackend('wasm');
  await api.tf.setBackend('wasm');
  await api.tf.ready();
  for (const net of ['ssdMobilenetv1', 'faceLandmark68Net', 'faceRecognitionNet'])
    await api.nets[net].loadFromDisk(`${modules}/node_modules/@vladmandic/face-api/model`);
  console.log = log;
  return { tf, api, sharp: require('sharp') };
}

async function readPicture(nets, file, size) {
  const fit = size ? 'fill' : 'inside';
  const [width, height] = size || [LONG_PX, LONG_PX];
  const { data, info } = await nets.sharp(file).rotate().flatten({ background: '#fff' })
    .toColourspace('srgb').resize(width, height, { fit }).raw().toBuffer({ resolveWithObject: true });
  const pixels = nets.tf.tensor3d(new Uint8Array(data), [info.height, info.width, 3], 'int32');
  return { pixels, width: info.width, height: info.height };
}

function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const common = Math.max(0, width) * Math.max(0, height);
  return common / (a.width * a.height + b.width * b.height - common);
}

function tilesOf({ width, height }) {
  const tiles = [{ x: 0, y: 0, width, height }];
  for (let y = 0; y < height; y += TILE_PX / 2)
    for (let x = 0; x < width; x += TILE_PX / 2)
      tiles.push({ x, y, width: Math.min(TILE_PX, width - x), height: Math.min(TILE_PX, height - y) });
  return tiles.filter((tile) => tile.width >= 150 && tile.height >= 150);
}

// Cut off by an edge of its tile that is none of the picture's?
function isCut(box, tile, picture) {
  return (tile.x > 0 && box.x - tile.x < 3) || (tile.y > 0 && box.y - tile.y < 3) ||
    (tile.x + tile.width < picture.width && box.x + box.width > tile.x + tile.width - 3) ||
    (tile.y + tile.height < picture.height && box.y + box.height > tile.y + tile.height - 3);
}

async function facesInTile(nets, picture, tile, score) {
  const options = new nets.api.SsdMobilenetv1Options({ minConfidence: score, maxResults: 60 });
  const pixels = nets.tf.slice(picture.pixels, [tile.y, tile.x, 0], [tile.height, tile.width, 3]);
  const found = await nets.api.detectAllFaces(pixels, options).withFaceLandmarks().withFaceDescriptors();
  pixels.dispose();
  return found.map(({ detection, descriptor }) => ({
    x: detection.box.x + tile.x, y: detection.box.y + tile.y,
    width: detection.box.width, height: detection.box.height,
    score: detection.score, descriptor: Array.from(descriptor),
  })).filter((face) => !isCut(face, tile, picture));
}

// All faces; where near is given, those of tiles that touch one of these boxes.
async function findFaces(nets, picture, score, near) {
  const faces = [];
  for (const tile of tilesOf(picture)) {
    if (near && !near.some((box) => overlap(box, tile) > 0))
      continue;
    for (const face of await facesInTile(nets, picture, tile, score)) {
      const same = faces.findIndex((other) => overlap(other, face) > 0.35);
      if (same < 0)
        faces.push(face);
      else if (faces[same].score < face.score)
        faces[same] = face;
    }
  }
  return faces;
}

async function photoFaces(nets, modules, file) {
  const hash = crypto.createHash('sha1').update(fs.readFileSync(file)).digest('hex');
  const kept = `${modules}/photos/${hash}.json`;
  if (fs.existsSync(kept))
    return JSON.parse(fs.readFileSync(kept));
  const picture = await readPicture(nets, file);
  const { width, height } = picture;
  const photo = { width, height, faces: await findFaces(nets, picture, SCORE_PHOTO) };
  picture.pixels.dispose();
  fs.mkdirSync(path.dirname(kept), { recursive: true });
  fs.writeFileSync(`${kept}.${process.pid}`, JSON.stringify(photo));
  fs.renameSync(`${kept}.${process.pid}`, kept);
  return photo;
}

// A record for each face of the photo: its width in a copy of 960 px, and the distance if it was found again.
async function comparePair(nets, photo, file) {
  if (photo.faces.length === 0)
    return [];
  const picture = await readPicture(nets, file, [photo.width, photo.height]);
  const comic = await findFaces(nets, picture, SCORE_COMIC, photo.faces);
  picture.pixels.dispose();
  return photo.faces.map((face) => {
    const again = comic.filter((other) => overlap(face, other) > 0.3).sort((a, b) => b.score - a.score)[0];
    const distance = again && nets.api.euclideanDistance(face.descriptor, again.descriptor);
    return { width: face.width * 960 / Math.max(photo.width, photo.height), distance };
  });
}

function comicOf(folder, photo) {
  const stem = path.parse(photo).name;
  return ['png', 'jpg', 'jpeg'].map((end) => path.join(folder, `${stem}.${end}`)).find(fs.existsSync);
}

function report(folder, pictures, records) {
  const found = (some) => `${some.filter((r) => r.distance !== undefined).length}/${some.length}`;
  const parts = WIDTHS.slice(1).map((high, i) => {
    const some = records.filter((r) => r.width >= WIDTHS[i] && r.width < high);
    return `${WIDTHS[i]}-${high === Infinity ? '' : high} px ${found(some)}`;
  });
  const distances = records.filter((r) => r.distance !== undefined && r.width >= WIDTH_DESCRIBED)
    .map((r) => r.distance).sort((a, b) => a - b);
  const same = distances.filter((d) => d < SAME_PERSON).length;
  const median = distances.length ? distances[distances.length >> 1].toFixed(3) : '-';
  console.log(`${folder}: ${pictures} pictures, faces found again ${found(records)} (${parts.join(', ')}); ` +
    `distance, median ${median}; the same person ${same}/${distances.length}`);
}

async function main() {
  const [modules, ...rest] = process.argv.slice(2);
  const each = rest.includes('--each');
  const [photos, ...folders] = rest.filter((word) => word !== '--each');
  if (folders.length === 0)
    fail('usage: tools/checks/faces [--each] PHOTOS COMICS...');
  const nets = await loadNetworks(modules);
  for (const folder of folders) {
    const records = [];
    let pictures = 0;
    for (const name of fs.readdirSync(photos).sort()) {
      const comic = comicOf(folder, name);
      if (!comic)
        continue;
      const some = await comparePair(nets, await photoFaces(nets, modules, path.join(photos, name)), comic);
      pictures++;
      records.push(...some);
      for (const r of each ? some : [])
        console.log(`${name}\t${r.width.toFixed(0)} px\t${r.distance === undefined ? 'lost' : r.distance.toFixed(3)}`);
    }
    if (pictures === 0)
      fail(`${folder}: no comic of a photo of ${photos}`);
    report(folder, pictures, records);
  }
}

main().catch((error) => fail(error.message));
