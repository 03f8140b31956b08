# A camera that the system forbids ends `mien live` before it begins, with the group and the remedy.
mkdir "$scratch/out"
model "$scratch/out/model"
machine --cam vivid -t 90 -o "$scratch/out" -- setpriv --reuid 1000 --regid 1000 --clear-groups \
  "$(command -v mien)" live --model /out/model --audio none
expect 77
said=$(cat "$scratch/stderr")
expect 77 'Permission denied.*group video: sudo usermod -aG video'
